using Gate.Compression.Export;
using Gate.Models;
using Gate.Models.Blueprints;
using Gate.Models.Structure;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Calibration.Folding;

/// <summary>What was decided about an input whose features can be scaled: what makes it is divided by scales and the columns of the layers that read it are
/// multiplied, or neither happens and why.</summary>
/// <param name="InputGroup">The layers that read the input.</param>
/// <param name="Producer">The linear layer whose rows are divided, or null when a norm makes the input or nothing is folded.</param>
/// <param name="Scales">One for each feature, positive; null when nothing is folded.</param>
/// <param name="Changed">Norms and biases with their new values, exact in their element formats.</param>
/// <param name="Objection">Why nothing is folded, or null.</param>
internal sealed record FoldedInput(string InputGroup, string? Producer, float[]? Scales, IReadOnlyList<ChangedTensor> Changed, string? Objection)
{
    /// <summary>The producer's rows that make the features, or null for all of them.</summary>
    public RowPattern? Rows { get; init; }

    /// <summary>How a note about an input without scales begins.</summary>
    public const string Unscaled = "no input scales";

    /// <summary>Folds scales into what makes an input.</summary>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="producer">What makes the input.</param>
    /// <param name="scales">s, one for each feature, positive.</param>
    public static FoldedInput Of(Model dense, InputProducer producer, float[] scales)
    {
        List<ChangedTensor> changed = [];
        float[] columns = scales;
        if (producer.Layer is null)
        {
            (float[] norm, columns) = DivideExactly(dense, producer.Tensors[0], scales, producer.WeightOffset);
            changed.Add(new ChangedTensor(producer.Tensors[0], norm));
        }

        foreach (string tensor in producer.Tensors.Skip(1))
        {
            NumberFormat format = dense.Checkpoint.Require(tensor).Format;
            float[] values = dense.Checkpoint.ReadSingles(tensor);
            for (int feature = 0; feature < columns.Length; feature++)
                values[producer.RowOf(feature)] = Round(values[producer.RowOf(feature)] / columns[feature], format);
            if (!Array.TrueForAll(values, float.IsFinite))
                return new FoldedInput(producer.InputGroup, Producer: null, Scales: null, [], $"{Unscaled}: {tensor} divided by them overflows {format}");
            changed.Add(new ChangedTensor(tensor, values));
        }

        return new FoldedInput(producer.InputGroup, producer.Layer, columns, changed, Objection: null) { Rows = producer.Rows };
    }

    // A norm has 16 bits. The scale that goes into the columns is the one its rounded value stands for, so nothing is lost; a feature whose value does not
    // survive the division (it was 0, or overflows) keeps the scale 1.
    private static (float[] Values, float[] Scales) DivideExactly(Model dense, string tensor, float[] scales, float offset)
    {
        NumberFormat format = dense.Checkpoint.Require(tensor).Format;
        float[] values = dense.Checkpoint.ReadSingles(tensor), exact = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            float factor = values[i] + offset, divided = Round((factor / scales[i]) - offset, format);
            exact[i] = factor / (divided + offset);
            if (float.IsFinite(divided) && float.IsFinite(exact[i]) && exact[i] > 0)
                values[i] = divided;
            else
                exact[i] = 1;
        }

        return (values, exact);
    }

    private static float Round(float value, NumberFormat format) => format == NumberFormat.Float32 ? value : SixteenBit.Round(value, format);
}
