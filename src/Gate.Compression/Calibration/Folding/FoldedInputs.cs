using Gate.Models.Structure;

namespace Gate.Compression.Calibration.Folding;

/// <summary>The inputs that were decided about so far: a value for each feature of them, and what they make of layers, norms and biases.</summary>
internal sealed class FoldedInputs
{
    private readonly Dictionary<string, FoldedInput> _byGroup = new(StringComparer.Ordinal);
    private readonly Dictionary<string, float[]> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, float[]> _changed = new(StringComparer.Ordinal);

    /// <summary>Norms and biases with their new values, by tensor name.</summary>
    public IReadOnlyDictionary<string, float[]> Changed => _changed;

    /// <summary>Puts an input in.</summary>
    public void Add(FoldedInput input)
    {
        _byGroup.Add(input.InputGroup, input);
        if (input is { Producer: { } producer, Scales: { } scales })
            _rows.Add(producer, scales);
        foreach ((string tensor, float[] values) in input.Changed)
            _changed.Add(tensor, values);
    }

    /// <summary>What was decided about the input of a group, or null when it is not in.</summary>
    public FoldedInput? Find(string inputGroup) => _byGroup.GetValueOrDefault(inputGroup);

    /// <summary>What becomes of a layer, or null when nothing does.</summary>
    public LayerScaling? Of(LinearLayer layer)
    {
        LayerScaling scaling = new(Find(layer.InputGroup)?.Scales, _rows.GetValueOrDefault(layer.Name));
        return scaling is { Columns: null, Rows: null } ? null : scaling;
    }
}
