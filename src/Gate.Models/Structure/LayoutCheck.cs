using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Models.Blueprints;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Structure;

/// <summary>Compares a checkpoint with the layout its configuration asks for; reads no weight but repeated ones.</summary>
internal static class LayoutCheck
{
    /// <summary>Compares names, shapes and formats.</summary>
    /// <param name="blueprint">The model.</param>
    /// <param name="checkpoint">Its files, as they hold the tensors.</param>
    /// <exception cref="GateException">Exit 4: a tensor is missing, has another shape or format, or is not expected at all.</exception>
    public static void Check(Blueprint blueprint, Checkpoint checkpoint)
    {
        IReadOnlyList<ExpectedTensor> layout = TensorLayout.Of(blueprint);
        foreach (ExpectedTensor expected in layout)
            CheckTensor(checkpoint, expected);

        HashSet<string> names = [.. layout.Select(tensor => tensor.Name)];
        foreach (TensorInfo found in checkpoint.Tensors)
        {
            if (names.Contains(found.Name) || IsTolerated(blueprint, found.Name))
                continue;
            if (blueprint.Copies.FirstOrDefault(copy => copy.Name == found.Name) is { } repeated)
                CheckCopy(checkpoint, found, repeated);
            else if (!IsZeroBias(checkpoint, names, found))
                throw Unexpected(checkpoint, names, found);
        }
    }

    private static bool IsTolerated(Blueprint blueprint, string name) =>
        blueprint.Tolerated.Any(ending => name.EndsWith(ending, StringComparison.Ordinal))
        || blueprint.LeftAlone.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal));

    private static GateException Unexpected(Checkpoint checkpoint, HashSet<string> names, TensorInfo found)
    {
        string nearest = NearestName.Find(found.Name, names) is { } name ? $"; the nearest expected name is '{name}'" : "";
        return GateException.Input(
            "GATE3084",
            $"the checkpoint holds the tensor '{found.Name}' {Extents(found.Shape)}, which the configuration has no use for{nearest}",
            new SourceLocation(Path.Combine(checkpoint.Folder, found.File)),
            "check that config.json belongs to these weights (attention_bias, mlp_bias, num_hidden_layers and tie_word_embeddings decide which tensors exist)");
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
                $"the tensor '{found.Name}' is stored as {found.Format}; Gate computes with Float32, Float16 or BFloat16 weights",
                new SourceLocation(Path.Combine(checkpoint.Folder, found.File)),
                "convert the weights to bfloat16 or float16");
        }
    }

    // Quantisers wrote for years a bias beside every matrix they packed, also where the architecture has none. Zeros change nothing.
    private static bool IsZeroBias(Checkpoint checkpoint, HashSet<string> names, TensorInfo found)
    {
        const string Bias = ".bias";
        if (checkpoint.Quantization is null || !found.Name.EndsWith(Bias, StringComparison.Ordinal) || !names.Contains($"{found.Name[..^Bias.Length]}.weight"))
            return false;
        if (Array.TrueForAll(checkpoint.ReadSingles(found.Name), value => value == 0))
            return true;
        throw GateException.Input(
            "GATE3084",
            $"the checkpoint holds the bias '{found.Name}' {Extents(found.Shape)} with values that are not zero, but the configuration says that the layer has none",
            new SourceLocation(Path.Combine(checkpoint.Folder, found.File)),
            "check that config.json belongs to these weights (attention_bias and mlp_bias decide which biases exist)");
    }

    // A tied model may still store the head. It is harmless when it repeats the embedding bit for bit and a contradiction otherwise.
    private static void CheckCopy(Checkpoint checkpoint, TensorInfo copy, TensorCopy repeated)
    {
        TensorInfo original = checkpoint.Require(repeated.Of);
        bool equal = copy.Format == original.Format && copy.Shape.SequenceEqual(original.Shape);
        for (long row = 0; equal && row < copy.RowCount; row++)
            equal = checkpoint.ReadBytes(copy, row, 1).SequenceEqual(checkpoint.ReadBytes(original, row, 1));
        if (!equal)
        {
            throw GateException.Input(
                "GATE3090",
                $"the configuration ties '{copy.Name}' to '{repeated.Of}' (tie_word_embeddings), but the two differ",
                new SourceLocation(checkpoint.Configuration.Path),
                "set tie_word_embeddings to false if the head was trained on its own, or remove the tensor");
        }
    }

    private static string Extents(ImmutableArray<long> shape) => $"[{string.Join(", ", shape)}]";
}
