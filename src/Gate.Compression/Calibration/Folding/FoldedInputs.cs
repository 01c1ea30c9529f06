using Gate.Models.Blueprints;
using Gate.Models.Structure;

namespace Gate.Compression.Calibration.Folding;

/// <summary>The inputs that were decided about so far: a value for each feature of them, and what they make of layers, norms and biases.</summary>
internal sealed class FoldedInputs
{
    private readonly Dictionary<string, FoldedInput> _byGroup = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (float[] Scales, RowPattern? Rows)> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, float[]> _changed = new(StringComparer.Ordinal);

    /// <summary>Norms and biases with their new values, by tensor name.</summary>
    public IReadOnlyDictionary<string, float[]> Changed => _changed;

    /// <summary>Puts an input in.</summary>
    public void Add(FoldedInput input)
    {
        _byGroup.Add(input.InputGroup, input);
        if (input is { Producer: { } producer, Scales: { } scales })
            _rows.Add(producer, (scales, input.Rows));
        foreach ((string tensor, float[] values) in input.Changed)
            _changed.Add(tensor, values);
    }

    /// <summary>What was decided about the input of a group, or null when it is not in.</summary>
    public FoldedInput? Find(string inputGroup) => _byGroup.GetValueOrDefault(inputGroup);

    /// <summary>What becomes of a layer, or null when nothing does.</summary>
    public LayerScaling? Of(LinearLayer layer)
    {
        LayerScaling scaling = new(Find(layer.InputGroup)?.Scales, _rows.TryGetValue(layer.Name, out var made) ? RowsOf(layer, made.Scales, made.Rows) : null);
        return scaling is { Columns: null, Rows: null } ? null : scaling;
    }

    // The rows of a fused layer that make something else stay as they are.
    private static float[] RowsOf(LinearLayer layer, float[] scales, RowPattern? pattern)
    {
        if (pattern is null)
            return scales;
        float[] rows = new float[layer.Outputs];
        Array.Fill(rows, 1f);
        for (int feature = 0; feature < scales.Length; feature++)
            rows[pattern.RowOf(feature)] = scales[feature];
        return rows;
    }
}
