using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Architectures;

/// <summary>Every tensor a configuration asks for, in the order of the forward pass, and the extras that old exporters leave behind.</summary>
/// <param name="Tensors">The tensors the forward pass reads.</param>
/// <param name="Tolerated">Name endings of buffers that carry no knowledge (such as rotary frequencies) and may be present.</param>
/// <param name="TiedHead">Name of the tensor that may repeat the embedding when both are tied, or null.</param>
/// <param name="Embedding">Name of the embedding table.</param>
internal sealed record TensorLayout(
    ImmutableArray<ExpectedTensor> Tensors, ImmutableArray<string> Tolerated, string? TiedHead, string Embedding)
{
    /// <summary>What makes the inputs of linear layers, where their features can be scaled; empty for families that do not say.</summary>
    public ImmutableArray<InputProducer> Producers { get; init; } = [];

    /// <summary>Units of blocks that lie across several linear layers; empty for families that do not say.</summary>
    public ImmutableArray<CoupledUnits> Units { get; init; } = [];

    /// <summary>The linear layers among the tensors.</summary>
    public IReadOnlyList<LinearLayer> LinearLayers => [.. Tensors.Where(tensor => tensor.Linear is not null).Select(tensor => tensor.Linear!)];

    /// <summary>Compares the layout with a checkpoint's header; reads no weight (but a repeated tied head).</summary>
    /// <exception cref="GateException">Exit 4: a tensor is missing, has another shape or format, or is not expected at all.</exception>
    public void Check(Checkpoint checkpoint)
    {
        foreach (ExpectedTensor expected in Tensors)
            CheckTensor(checkpoint, expected);

        HashSet<string> names = [.. Tensors.Select(tensor => tensor.Name)];
        foreach (TensorInfo found in checkpoint.Tensors)
        {
            if (names.Contains(found.Name) || Tolerated.Any(ending => found.Name.EndsWith(ending, StringComparison.Ordinal)))
                continue;
            if (found.Name == TiedHead)
            {
                CheckTiedHead(checkpoint, found);
                continue;
            }

            string nearest = NearestName.Find(found.Name, names) is { } name ? $"; the nearest expected name is '{name}'" : "";
            throw GateException.Input(
                "GATE3084",
                $"the checkpoint holds the tensor '{found.Name}' {Extents(found.Shape)}, which the configuration has no use for{nearest}",
                new SourceLocation(Path.Combine(checkpoint.Folder, found.File)),
                "check that config.json belongs to these weights (attention_bias, mlp_bias, num_hidden_layers and tie_word_embeddings decide which tensors exist)");
        }
    }

    private static void CheckTensor(Checkpoint checkpoint, ExpectedTensor expected)
    {
        if (checkpoint.Find(expected.Name) is not { } found)
        {
            string nearest = NearestName.Find(expected.Name, checkpoint.Tensors.Select(tensor => tensor.Name)) is { } name
                ? $"; the nearest tensor is '{name}'"
                : "";
            throw GateException.Input(
                "GATE3082",
                $"the configuration asks for the tensor '{expected.Name}' {Extents(expected.Shape)}, but the checkpoint has none of that name{nearest}",
                new SourceLocation(checkpoint.Configuration.Path),
                "check that config.json belongs to these weights, and that all shards were copied");
        }

        if (!found.Shape.SequenceEqual(expected.Shape))
        {
            throw GateException.Input(
                "GATE3083",
                $"the tensor '{found.Name}' has the shape {Extents(found.Shape)}, but the configuration asks for {Extents(expected.Shape)}",
                new SourceLocation(Path.Combine(checkpoint.Folder, found.File)),
                "check that config.json belongs to these weights (hidden_size, intermediate_size, vocab_size and the numbers of heads decide the shapes)");
        }

        if (found.Format is not (NumberFormat.Float32 or NumberFormat.Float16 or NumberFormat.BFloat16))
        {
            throw GateException.Input(
                "GATE3091",
                $"the tensor '{found.Name}' is stored as {found.Format}; this family computes with Float32, Float16 or BFloat16 weights",
                new SourceLocation(Path.Combine(checkpoint.Folder, found.File)),
                "convert the weights to bfloat16 or float16");
        }
    }

    // A tied model may still store the head. It is harmless when it repeats the embedding bit for bit and a contradiction otherwise.
    private void CheckTiedHead(Checkpoint checkpoint, TensorInfo head)
    {
        TensorInfo embedding = checkpoint.Require(Embedding);
        bool equal = head.Format == embedding.Format && head.Shape.SequenceEqual(embedding.Shape);
        for (long row = 0; equal && row < head.Shape[0]; row++)
            equal = checkpoint.ReadBytes(head, row, 1).SequenceEqual(checkpoint.ReadBytes(embedding, row, 1));
        if (!equal)
        {
            throw GateException.Input(
                "GATE3090",
                $"tie_word_embeddings is true, but '{head.Name}' differs from '{Embedding}'",
                new SourceLocation(checkpoint.Configuration.Path),
                "set tie_word_embeddings to false if the head was trained on its own, or remove the tensor");
        }
    }

    private static string Extents(ImmutableArray<long> shape) => $"[{string.Join(", ", shape)}]";
}
