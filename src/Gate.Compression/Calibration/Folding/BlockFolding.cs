using Gate.Compression.Export;
using Gate.Models.Architectures;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Calibration.Folding;

/// <summary>What scales folded into a block change: layers, and the norms and biases beside them.</summary>
internal sealed class BlockFolding
{
    /// <summary>How a note about an input without scales begins.</summary>
    public const string Unscaled = "no input scales";

    private readonly Dictionary<string, float[]> _columns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, float[]> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, float[]> _changed = new(StringComparer.Ordinal);

    private readonly Dictionary<string, string> _objections = new(StringComparer.Ordinal);

    /// <summary>Norms and biases with their new values, exact in their element formats, by tensor name.</summary>
    public IReadOnlyDictionary<string, float[]> Changed => _changed;

    /// <summary>The scales of an input group, or null when it has none.</summary>
    public float[]? Inputs(string inputGroup) => _columns.GetValueOrDefault(inputGroup);

    /// <summary>Why the scales of an input were not folded, or null.</summary>
    public string? Objection(string inputGroup) => _objections.GetValueOrDefault(inputGroup);

    /// <summary>What becomes of a layer, or null when nothing does.</summary>
    public LayerScaling? Of(LinearLayer layer)
    {
        LayerScaling scaling = new(_columns.GetValueOrDefault(layer.InputGroup), _rows.GetValueOrDefault(layer.Name));
        return scaling is { Columns: null, Rows: null } ? null : scaling;
    }

    /// <summary>Divides what makes an input by scales, and multiplies the columns of the layers that read it.</summary>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="producer">What makes the input.</param>
    /// <param name="scales">s, one for each feature, positive.</param>
    public void Add(Checkpoint dense, InputProducer producer, float[] scales)
    {
        Dictionary<string, float[]> changed = new(StringComparer.Ordinal);
        float[] columns = scales;
        if (producer.Layer is null)
            (changed[producer.Tensors[0]], columns) = DivideExactly(dense, producer.Tensors[0], scales);
        foreach (string tensor in producer.Tensors.Skip(1))
        {
            NumberFormat format = dense.Require(tensor).Format;
            changed[tensor] = [.. dense.ReadSingles(tensor).Zip(columns, (value, scale) => Round(value / scale, format))];
            if (!Array.TrueForAll(changed[tensor], float.IsFinite))
            {
                _objections[producer.InputGroup] = $"{Unscaled}: {tensor} divided by them overflows {format}";
                return;
            }
        }

        foreach ((string tensor, float[] values) in changed)
            _changed.Add(tensor, values);
        if (producer.Layer is not null)
            _rows.Add(producer.Layer, columns);
        _columns.Add(producer.InputGroup, columns);
    }

    // A norm has 16 bits. The scale that goes into the columns is the one its rounded value stands for, so nothing is lost; a feature whose value does not
    // survive the division (it was 0, or overflows) keeps the scale 1.
    private static (float[] Values, float[] Scales) DivideExactly(Checkpoint dense, string tensor, float[] scales)
    {
        NumberFormat format = dense.Require(tensor).Format;
        float[] values = dense.ReadSingles(tensor), exact = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            float divided = Round(values[i] / scales[i], format);
            exact[i] = values[i] / divided;
            if (float.IsFinite(divided) && float.IsFinite(exact[i]) && exact[i] > 0)
                values[i] = divided;
            else
                exact[i] = 1;
        }

        return (values, exact);
    }

    private static float Round(float value, NumberFormat format) => format == NumberFormat.Float32 ? value : SixteenBit.Round(value, format);
}
