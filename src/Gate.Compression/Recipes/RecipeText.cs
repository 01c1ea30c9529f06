using System.Text;
using Gate.Compression.Quantization;

namespace Gate.Compression.Recipes;

/// <summary>Says a recipe in one line for people.</summary>
public static class RecipeText
{
    /// <summary>For example <c>prune 25 % by magnitude (per layer), then quantise to 4 bit by rtn, symmetric, group 64</c>.</summary>
    public static string Of(Recipe recipe)
    {
        string prune = recipe.Prune is null ? "" : Of(recipe.Prune);
        string quantize = recipe.Quantize is null ? "" : Of(recipe.Quantize);
        if (recipe.Smooth is { } smooth && recipe.Quantize is not null)
            quantize = $"smooth inputs with alpha {smooth.Alpha:R}, then {quantize}";
        string steps = (prune, quantize) switch
        {
            ("", "") => "leave every layer as it is",
            (_, "") => prune,
            ("", _) => quantize,
            _ when recipe.Quantize!.MaskedPositions == "joint" => $"{prune} and, in the same sweep, {quantize}",
            _ => $"{prune}, then {quantize}",
        };
        if (recipe.Remove is { } remove)
            steps = Of(remove) + (recipe is { Prune: null, Quantize: null } ? "" : $", then {steps}");
        return steps + (recipe.Calibration is null ? "" : $"; calibrated on {Of(recipe.Calibration)}");
    }

    /// <summary>For example <c>128 packed windows of 512 tokens (seed 0) of calibration.txt</c>.</summary>
    public static string Of(CalibrationRecipe calibration) =>
        $"{calibration.Samples} {calibration.Windows} windows of {calibration.SequenceLength} tokens (seed {calibration.Seed})"
        + $" of {Path.GetFileName(calibration.Data)}{(calibration.TrueSequential ? ", layer by layer" : "")}";

    private static string Of(RemovalRecipe remove)
    {
        string blocks = remove.Blocks == 0 ? "" : $"{remove.Blocks} block{(remove.Blocks == 1 ? "" : "s")} by influence";
        string experts = remove.Experts == 0 ? "" : $"{Percent(remove.Experts)} % of the experts by router-weighted activation";
        return $"remove {string.Join(" and ", new[] { blocks, experts }.Where(part => part.Length > 0))}";
    }

    private static string Of(PruningRecipe prune)
    {
        StringBuilder text = new("prune ");
        if (prune.Pattern is { } pattern)
            text.Append($"{pattern.Zeros} of every {pattern.Group} (keep {pattern.Group - pattern.Zeros} of {pattern.Group})");
        else
            text.Append($"{Percent(prune.Sparsity ?? 0)} %");
        if (PruningStructures.Of(prune) is not "weights" and var structure)
            text.Append($" of the {StructureValidation.NameOf(structure)}");
        text.Append($" by {prune.Method}");
        if (prune.Pattern is null && prune.Method == "magnitude")
        {
            text.Append(prune.Granularity switch
            {
                "global" => " (one threshold over all layers)",
                "row" => " (per output row)",
                _ => " (per layer)",
            });
        }

        if (prune.Method == "sparsegpt")
            text.Append(Of(prune.Damping, prune.BlockSize));
        if (prune.Method == "random")
            text.Append($" (seed {prune.Seed})");
        if (prune.Layerwise == "owl")
            text.Append($", shared among blocks by outliers (OWL, M {prune.OutlierThreshold:R}, spread {prune.Spread:R})");
        if (prune.Count != "exact")
            text.Append($", count as {prune.Count}");
        return text.Append(Of(prune.Scope)).ToString();
    }

    private static string Of(QuantizationRecipe quantize)
    {
        if (BlockMethod.Find(quantize.Method) is { } method)
            return $"quantise to {method.Bits} bit by {method.Name}, blocks of {method.BlockSize}{Of(quantize.Scope)}";
        string range = !quantize.Symmetric ? "asymmetric" : quantize.SymmetricRange == "restricted" ? "symmetric" : $"symmetric ({quantize.SymmetricRange} range)";
        string group = quantize.GroupSize is { } size ? $"group {size}" : quantize.Granularity == "tensor" ? "per tensor" : "per channel";
        string grid = quantize.Grid == "integer" ? $"{quantize.Bits} bit" : quantize.Grid;
        string clipping = quantize.Clipping == "none" ? "" : $", {quantize.Clipping} clipping";
        string gptq = quantize.Method != "gptq"
            ? ""
            : (quantize.ActivationOrder ? ", activation order" : "") + (quantize.StaticGroups ? ", static groups" : "")
                + (quantize.MaskedPositions == "quantize" ? ", pruned weights included" : "") + Of(quantize.Damping, quantize.BlockSize);
        return $"quantise to {grid} by {quantize.Method}, {range}, {group}{clipping}{(quantize.Activations == "exact" ? "" : $", activations {quantize.Activations}")}{gptq}{Of(quantize.Scope)}";
    }

    private static string Of(double damping, int blockSize) =>
        (damping == 0.01 ? "" : $", damping {damping:R}") + (blockSize == 128 ? "" : $", blocks of {blockSize}");

    private static string Of(Scope scope)
    {
        string kind = scope.Kind == ScopeKind.All ? "" : $" in the {NamedScope.Of(scope.Kind).Description}";
        string include = scope.Include.IsEmpty ? "" : $" matching {string.Join(" or ", scope.Include)}";
        string exclude = scope.Exclude.IsEmpty ? "" : $" except {string.Join(" and ", scope.Exclude)}";
        return kind + include + exclude;
    }

    private static string Percent(double share) => ((decimal)share * 100).ToString("0.####");
}
