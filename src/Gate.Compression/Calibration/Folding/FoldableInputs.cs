using Gate.Compression.Recipes;
using Gate.Models;
using Gate.Models.Structure;

namespace Gate.Compression.Calibration.Folding;

/// <summary>Which inputs of a model a recipe may scale: all layers that read the input, and the linear layer that makes it, must be quantised.</summary>
internal sealed class FoldableInputs
{
    private readonly Dictionary<string, FoldableInput> _byGroup = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _objections = new(StringComparer.Ordinal);

    /// <summary>Looks at shapes and names only.</summary>
    public FoldableInputs(Model dense, CompressionPlan plan)
    {
        if (!AreIn(plan.Recipe))
            return;
        Dictionary<string, PlannedLayer> planned = plan.Layers.Where(layer => layer.Quantize is not null)
            .ToDictionary(layer => layer.Layer.Name, StringComparer.Ordinal);
        ILookup<string, LinearLayer> groups = dense.LinearLayers.ToLookup(layer => layer.InputGroup, StringComparer.Ordinal);
        Dictionary<string, InputProducer> producers = dense.InputProducers.ToDictionary(producer => producer.InputGroup, StringComparer.Ordinal);
        foreach (string group in planned.Values.Select(layer => layer.Layer.InputGroup).Distinct())
        {
            // SmoothQuant scales what norms make, and nothing else.
            InputProducer? producer = producers.GetValueOrDefault(group);
            if (plan.Recipe.Smooth is not null && producer is not { Layer: null })
                continue;
            LinearLayer? outside = groups[group].FirstOrDefault(layer => !planned.ContainsKey(layer.Name));
            if (producer is null)
                _objections[group] = $"{FoldedInput.Unscaled}: nothing that could absorb them makes its input";
            else if (outside is not null)
                _objections[group] = $"{FoldedInput.Unscaled}: {outside.Name} reads the same input and is not quantised";
            else if (producer.Layer is { } maker && !planned.ContainsKey(maker))
                _objections[group] = $"{FoldedInput.Unscaled}: {maker}, which makes its input, is not quantised";
            else
                _byGroup[group] = new FoldableInput(producer, [.. groups[group].Select(layer => planned[layer.Name])], ClosingOf(producer, groups));
        }
    }

    /// <summary>Whether no input is scaled.</summary>
    public bool IsEmpty => _byGroup.Count == 0;

    /// <summary>Whether a recipe scales inputs at all.</summary>
    public static bool AreIn(Recipe recipe) => recipe is { Smooth: not null } or { Quantize.Method: "awq" };

    /// <summary>The input of a group, or null when it is not scaled.</summary>
    public FoldableInput? Find(string inputGroup) => _byGroup.GetValueOrDefault(inputGroup);

    /// <summary>Why an input is not scaled although its layers' method would, or null.</summary>
    public string? Objection(string inputGroup) => _objections.GetValueOrDefault(inputGroup);

    private static LinearLayer[] ClosingOf(InputProducer producer, ILookup<string, LinearLayer> groups) =>
        producer.InspectedGroup is { } inspected ? [.. groups[inspected]] : [];
}
