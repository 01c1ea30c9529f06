using Gate.Compression.Calibration.Folding;
using Gate.Models.Blueprints;

namespace Gate.Compression.Resumption;

/// <summary>What was decided about the scales of one input. Its bytes are the scales, then the changed tensors, in binary32.</summary>
/// <param name="InputGroup">The layers that read the input.</param>
/// <param name="Producer">The linear layer whose rows are divided, or null.</param>
/// <param name="Features">Number of scales, or null when nothing is folded.</param>
/// <param name="Changed">Names and sizes of the changed norms and biases.</param>
/// <param name="Objection">Why nothing is folded, or null.</param>
/// <param name="Offset">Where its bytes begin.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Hash">SHA-256 of the bytes.</param>
internal sealed record FoldingEntry(
    string InputGroup, string? Producer, int? Features, IReadOnlyList<ChangedSize> Changed, string? Objection, long Offset, long Length, string Hash)
    : JournalEntry(Offset, Length, Hash)
{
    /// <summary>The producer's rows that make the features, or null for all of them.</summary>
    public RowPattern? Rows { get; init; }

    /// <summary>Writes the bytes of a decision.</summary>
    public static FoldingEntry Write(FoldedInput input, EntryWriter writer)
    {
        writer.Write(input.Scales.AsSpan());
        foreach (ChangedTensor tensor in input.Changed)
            writer.Write(tensor.Values.AsSpan());
        return new FoldingEntry(
            input.InputGroup, input.Producer, input.Scales?.Length, [.. input.Changed.Select(tensor => new ChangedSize(tensor.Name, tensor.Values.Length))], input.Objection,
            writer.Offset, writer.Length, writer.Hash())
        {
            Rows = input.Rows,
        };
    }

    /// <summary>Reads the decision, or gives null when its sizes are not those of its bytes.</summary>
    public FoldedInput? Read(EntryReader reader)
    {
        long values = (Features ?? 0) + Changed.Sum(tensor => (long)tensor.Values);
        if (Features < 0 || Changed.Any(tensor => tensor.Values < 0) || values * sizeof(float) != Length)
            return null;
        float[]? scales = Features is { } features ? reader.Read(new float[features]) : null;
        return new FoldedInput(InputGroup, Producer, scales, [.. Changed.Select(tensor => new ChangedTensor(tensor.Name, reader.Read(new float[tensor.Values])))], Objection) { Rows = Rows };
    }
}

/// <summary>A changed tensor without its values.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Values">Number of its values.</param>
internal sealed record ChangedSize(string Name, int Values);
