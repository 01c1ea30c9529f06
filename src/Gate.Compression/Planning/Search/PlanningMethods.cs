using Gate.Compression.Recipes;

namespace Gate.Compression.Planning.Search;

/// <summary>How the planner removes and rounds weights.</summary>
/// <param name="Prune">One of <see cref="PruneNames"/>.</param>
/// <param name="Quantize">One of <see cref="QuantizeNames"/>.</param>
/// <param name="Calibration">Calibration data: damage is then the error of a layer's output on them, and plans are carried out with them. Null: damage is the error
/// of the weights.</param>
public sealed record PlanningMethods(string Prune, string Quantize, CalibrationRecipe? Calibration = null)
{
    /// <summary>Pruning methods that treat one layer at a time, so that its options can be measured apart from all others.</summary>
    public static IReadOnlyList<string> PruneNames { get; } = ["magnitude", "wanda", "sparsegpt"];

    /// <summary>Quantisation methods of the same kind.</summary>
    public static IReadOnlyList<string> QuantizeNames { get; } = ["rtn", "gptq"];

    /// <summary>Methods that need no calibration.</summary>
    public static PlanningMethods DataFree { get; } = new("magnitude", "rtn");

    /// <summary>The methods that make up for their errors on calibration data.</summary>
    public static PlanningMethods Calibrated(CalibrationRecipe calibration) => new("sparsegpt", "gptq", calibration);

    /// <summary>Refuses methods whose calibration data are missing, and settings of calibration that mean nothing.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 2.</exception>
    public void EnsureUsable() => RecipeValidation.EnsureValid(new Recipe(
        new PruningRecipe { Method = Prune, Sparsity = 0 }, new QuantizationRecipe { Method = Quantize, Bits = 8 }, Calibration));

    /// <summary>In words.</summary>
    /// <param name="prunes">Whether zeros are in question.</param>
    internal string Describe(bool prunes) =>
        (prunes ? $"{Prune} and {Quantize}" : Quantize) + (Calibration is null ? "" : $", calibrated on {RecipeText.Of(Calibration)}");
}
