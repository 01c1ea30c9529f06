using System.Collections.Frozen;
using Gate.Models.Blueprints;

namespace Gate.Models.Gguf;

/// <summary>Where a tensor goes in a GGUF file.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="HeadRows">Rows of a head whose two halves are interleaved, or 0 when rows keep their order.</param>
public readonly record struct GgufPlace(string Name, int HeadRows)
{
    /// <summary>Which of the model's rows lies at a row of the file: the halves of a head alternate there, for llama.cpp turns neighbours.</summary>
    public long ModelRow(long storedRow)
    {
        if (HeadRows == 0)
            return storedRow;
        long within = storedRow % HeadRows;
        return storedRow - within + (within / 2) + (within % 2 * (HeadRows / 2));
    }
}

/// <summary>What llama.cpp calls the tensors of a model: one table over their places in the blueprint.</summary>
internal sealed class GgufNames
{
    private readonly Dictionary<string, GgufPlace> _places = new(StringComparer.Ordinal);
    private readonly FrozenDictionary<string, string> _models;

    // llama.cpp turns neighbouring values of these families where the model turns halves.
    private static readonly FrozenSet<string> Interleaving = FrozenSet.Create(StringComparer.Ordinal, "llama", "mistral");

    private GgufNames(Blueprint blueprint)
    {
        bool interleaves = Interleaving.Contains(blueprint.Family);
        Stack stack = blueprint.Decoder!;
        Put(stack.Embedding.Table.Tensor, "token_embd.weight");
        for (int block = 0; block < stack.Blocks.Length; block++)
        {
            foreach (Step step in stack.Blocks[block])
            {
                foreach (Branch branch in step.Branches)
                    Add($"blk.{block}.", branch, interleaves);
            }
        }

        Add("output_norm", stack.FinalNorm);
        if (blueprint.Head.Projection.Matrix.Tensor != stack.Embedding.Table.Tensor)
            Add("output", blueprint.Head.Projection);
        _models = _places.ToFrozenDictionary(pair => pair.Value.Name, pair => pair.Key, StringComparer.Ordinal);
    }

    /// <summary>The names of a model.</summary>
    public static GgufNames Of(Blueprint blueprint) => new(blueprint);

    /// <summary>Where a tensor of the model goes, or null when it goes nowhere.</summary>
    public GgufPlace? Find(string tensor) => _places.TryGetValue(tensor, out GgufPlace place) ? place : null;

    /// <summary>The model's name of a tensor of the file, or the name itself when it has none.</summary>
    public string ToModel(string name) => _models.GetValueOrDefault(name, name);

    private void Add(string prefix, Branch branch, bool interleaves)
    {
        bool attends = branch.Module is Attention;
        Add(prefix + (attends ? "attn_norm" : "ffn_norm"), branch.Before);
        switch (branch.Module)
        {
            case Attention attention:
                int headRows = interleaves ? attention.HeadSize : 0;
                Add($"{prefix}attn_q", attention.Query, headRows);
                Add($"{prefix}attn_k", attention.Key, headRows);
                Add($"{prefix}attn_v", attention.Value);
                Add($"{prefix}attn_output", attention.Output);
                Add($"{prefix}attn_q_norm", attention.QueryNorm);
                Add($"{prefix}attn_k_norm", attention.KeyNorm);
                break;
            case FeedForward feedForward:
                Add($"{prefix}ffn_gate", feedForward.Gate);
                Add($"{prefix}ffn_up", feedForward.Up);
                Add($"{prefix}ffn_down", feedForward.Down);
                break;
        }
    }

    private void Add(string name, Norm? norm)
    {
        if (norm is null)
            return;
        Put(norm.Weight.Name, $"{name}.weight");
        if (norm.Bias is { } bias)
            Put(bias.Name, $"{name}.bias");
    }

    private void Add(string name, Linear? linear, int headRows = 0)
    {
        if (linear is null)
            return;
        Put(linear.Matrix.Tensor, $"{name}.weight", headRows);
        if (linear.Bias is { } bias)
            Put(bias.Name, $"{name}.bias", headRows);
    }

    private void Put(string tensor, string name, int headRows = 0) => _places.TryAdd(tensor, new GgufPlace(name, headRows));
}
