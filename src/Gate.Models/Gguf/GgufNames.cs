using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Gate.Models.Blueprints;
using Gate.Models.Blueprints.Positions;

namespace Gate.Models.Gguf;

/// <summary>What llama.cpp calls the tensors of a model, and how it lays them out: one table over their places in the blueprint.</summary>
internal sealed class GgufNames
{
    private readonly Dictionary<string, GgufPlace> _places = new(StringComparer.Ordinal);
    private readonly FrozenDictionary<string, string> _models;
    private readonly GgufFamily _family;
    private readonly bool _alternates;

    private GgufNames(Blueprint blueprint, GgufFamily family)
    {
        _family = family;
        _alternates = family.Pairing == RotaryPairing.Neighbours && GgufShape.RotaryOf(blueprint) is not { Pairing: RotaryPairing.Neighbours };
        Stack stack = blueprint.Decoder!;
        Put(stack.Embedding.Table.Tensor, "token_embd.weight");
        Put("token_embd_norm", stack.Embedding.Norm);
        if (stack.Embedding.Positions is { } positions)
            Put(positions.Table, new GgufPlace("position_embd.weight") { IsSingle = true });
        for (int block = 0; block < stack.Blocks.Length; block++)
        {
            foreach (Step step in stack.Blocks[block])
                Put($"blk.{block}.", step);
        }

        Put("output_norm", stack.FinalNorm);
        if (blueprint.Head.Projection.Matrix.Tensor != stack.Embedding.Table.Tensor)
            Put("output", blueprint.Head.Projection);
        _models = _places.ToFrozenDictionary(pair => pair.Value.Name, pair => pair.Key, StringComparer.Ordinal);
    }

    /// <summary>The names of a model.</summary>
    public static GgufNames Of(Blueprint blueprint, GgufFamily family) => new(blueprint, family);

    /// <summary>The name in the file of one of several matrices that it holds in one tensor.</summary>
    public static string Part(string name, int index) => $"{name}[{index}]";

    /// <summary>The name of the tensor that a part lies in, or null for the name of a whole one.</summary>
    public static string? WholeOf(string name) => name.EndsWith(']') ? name[..name.LastIndexOf('[')] : null;

    /// <summary>Which part of its tensor a name stands for.</summary>
    public static int IndexOf(string name) => int.Parse(name.AsSpan(name.LastIndexOf('[') + 1).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>All places, in the order of the forward pass.</summary>
    public IEnumerable<KeyValuePair<string, GgufPlace>> Places => _places;

    /// <summary>Where a tensor of the model goes, or null when it goes nowhere.</summary>
    public GgufPlace? Find(string tensor) => _places.GetValueOrDefault(tensor);

    /// <summary>The model's name of a tensor of the file, or the name itself when it has none.</summary>
    public string ToModel(string name) => _models.GetValueOrDefault(name, name);

    private void Put(string prefix, Step step)
    {
        bool two = _family.NamesAttentionNormSecond && step.Branches is [{ Before: { } first }, { Before: { } second }] && first.Weight.Name != second.Weight.Name;
        foreach (Branch branch in step.Branches)
        {
            bool attends = branch.Module is Attention;
            Put(prefix + (two ? attends ? "attn_norm_2" : "attn_norm" : attends ? "attn_norm" : "ffn_norm"), branch.Before);
            Put(prefix + (attends ? "post_attention_norm" : "post_ffw_norm"), branch.Behind);
            switch (branch.Module)
            {
                case Attention attention:
                    Put(prefix, attention);
                    break;
                case FeedForward feedForward:
                    Put(prefix, feedForward, "", -1);
                    break;
                case Experts experts:
                    Put(prefix, experts);
                    break;
            }
        }
    }

    private void Put(string prefix, Attention attention)
    {
        if (attention.Query.Matrix.Module == attention.Key.Matrix.Module)
        {
            ImmutableArray<int> rows = [.. new[] { attention.Query, attention.Key, attention.Value }.SelectMany(RowsOf)];
            Put($"{prefix}attn_qkv", attention.Query, RowOrder.Of(rows));
        }
        else
        {
            Put($"{prefix}attn_q", attention.Query, OrderOf(attention, attention.Heads));
            Put($"{prefix}attn_k", attention.Key, OrderOf(attention, attention.KeyValueHeads));
            Put($"{prefix}attn_v", attention.Value);
        }

        Put($"{prefix}attn_output", attention.Output);
        Put($"{prefix}attn_q_norm", attention.QueryNorm);
        Put($"{prefix}attn_k_norm", attention.KeyNorm);
    }

    // Where llama.cpp turns neighbours and the model halves, the halves of every head alternate, also in blocks without positions.
    private RowOrder? OrderOf(Attention attention, int heads) => _alternates ? RowOrder.Of(RowOrder.Interleaved(heads, attention.HeadSize)) : null;

    private void Put(string prefix, Experts experts)
    {
        Put(experts.Router.Matrix.Tensor, new GgufPlace($"{prefix}ffn_gate_inp.weight") { IsSingle = true });
        for (int expert = 0; expert < experts.Each.Length; expert++)
            Put(prefix, experts.Each[expert], "_exps", expert);
        if (experts.Shared is { } shared)
            Put(prefix, shared, "_shexp", -1);
        if (experts.SharedGate is { } gate)
            Put(gate.Matrix.Tensor, new GgufPlace($"{prefix}ffn_gate_inp_shexp.weight") { IsSingle = true });
    }

    private void Put(string prefix, FeedForward feedForward, string kind, int part)
    {
        if (feedForward.Gate is { } gate && gate.Matrix.Module != feedForward.Up.Matrix.Module)
            Put($"{prefix}ffn_gate{kind}", gate, part: part);
        Put($"{prefix}ffn_up{kind}", feedForward.Up, part: part);
        Put($"{prefix}ffn_down{kind}", feedForward.Down, part: part);
    }

    private void Put(string name, Norm? norm)
    {
        if (norm is null)
            return;
        Put(norm.Weight.Name, new GgufPlace($"{name}.weight") { Offset = norm.WeightOffset });
        if (norm.Bias is { } bias)
            Put(bias.Name, $"{name}.bias");
    }

    private void Put(string name, Linear linear, RowOrder? order = null, int part = -1)
    {
        Put(linear.Matrix.Tensor, new GgufPlace(part < 0 ? $"{name}.weight" : Part($"{name}.weight", part), order));
        if (linear.Bias is { } bias)
            Put(bias.Name, new GgufPlace(part < 0 ? $"{name}.bias" : Part($"{name}.bias", part), order));
    }

    private void Put(string tensor, string name) => Put(tensor, new GgufPlace(name));

    private void Put(string tensor, GgufPlace place) => _places.TryAdd(tensor, place);

    private static IEnumerable<int> RowsOf(Linear linear) =>
        Enumerable.Range(0, linear.Outputs).Select(output => linear.Rows?.RowOf(output) ?? output);
}
