using System.Globalization;
using Gate.Compression.Quantization;
using Gate.Compression.Recipes;
using Gate.Diagnostics;

namespace Gate.Core.Configuration;

/// <summary>Binds <c>recipe</c>.</summary>
internal static class RecipeBinding
{
    /// <summary>The configured recipe, or null when there is none.</summary>
    public static Recipe? Bind(ConfigurationValues values)
    {
        PruningRecipe? prune = values.HasAny("recipe:prune") ? Pruning(values) : null;
        QuantizationRecipe? quantize = values.HasAny("recipe:quantize") ? Quantization(values) : null;
        RemovalRecipe? remove = values.HasAny("recipe:remove")
            ? new RemovalRecipe((int)(values.Integer("recipe:remove:blocks") ?? 0), values.Number("recipe:remove:experts") ?? 0)
            : null;
        if (prune is null && quantize is null && remove is null)
            return null;
        return new Recipe(prune, quantize, Calibration(values)) { Remove = remove, Smooth = values.Number("recipe:smooth:alpha") is { } alpha ? new SmoothRecipe(alpha) : null };
    }

    private static PruningRecipe Pruning(ConfigurationValues values)
    {
        double? sparsity = values.Number("recipe:prune:sparsity");
        string? pattern = values.Text("recipe:prune:pattern");
        if (sparsity is null == pattern is null)
        {
            throw GateException.Usage(
                "GATE1007", $"'recipe.prune' must have either sparsity or pattern, found {(pattern is null ? "neither" : "both")}",
                values.Find("recipe:prune:pattern")?.Key ?? values.Find("recipe:prune:method")?.Key,
                "write \"sparsity\": 0.25 or \"pattern\": \"2:4\"");
        }

        return new PruningRecipe
        {
            Method = values.Text("recipe:prune:method") ?? "magnitude",
            Sparsity = sparsity,
            Pattern = pattern is null ? null : ParsePattern(pattern, values.Find("recipe:prune:pattern")!),
            Granularity = values.Text("recipe:prune:granularity") ?? "layer",
            Count = values.Text("recipe:prune:count") ?? "exact",
            Seed = values.Integer("recipe:prune:seed") ?? 0,
            Structure = values.Text("recipe:prune:structure"),
            Layerwise = values.Text("recipe:prune:layerwise") ?? "uniform",
            OutlierThreshold = values.Number("recipe:prune:outlierThreshold") ?? 5,
            Spread = values.Number("recipe:prune:spread") ?? 0.08,
            Damping = values.Number("recipe:prune:damping") ?? 0.01,
            BlockSize = (int)(values.Integer("recipe:prune:blockSize") ?? 128),
            Scope = ScopeOf(values, "recipe:prune"),
        };
    }

    private static QuantizationRecipe Quantization(ConfigurationValues values)
    {
        string method = values.Text("recipe:quantize:method") ?? "rtn", grid = values.Text("recipe:quantize:grid") ?? "integer";
        if ((values.Integer("recipe:quantize:bits") ?? BlockMethod.Find(method)?.Bits ?? GridValidation.BitsOf(grid)) is not { } bits)
        {
            throw GateException.Usage(
                "GATE1007", "'recipe.quantize.bits' is missing", values.Find("recipe:quantize:method")?.Key, "write \"bits\": 4");
        }

        return new QuantizationRecipe
        {
            Method = method,
            Bits = (int)bits,
            GroupSize = (int?)values.Integer("recipe:quantize:groupSize") ?? GridValidation.GroupSizeOf(grid),
            Grid = grid,
            Granularity = values.Text("recipe:quantize:granularity") ?? "channel",
            Activations = values.Text("recipe:quantize:activations") ?? "exact",
            Symmetric = values.Boolean("recipe:quantize:symmetric") ?? true,
            SymmetricRange = values.Text("recipe:quantize:symmetricRange") ?? "restricted",
            Clipping = values.Text("recipe:quantize:clipping") ?? "none",
            ActivationOrder = values.Boolean("recipe:quantize:actOrder") ?? false,
            StaticGroups = values.Boolean("recipe:quantize:staticGroups") ?? false,
            Damping = values.Number("recipe:quantize:damping") ?? 0.01,
            BlockSize = (int)(values.Integer("recipe:quantize:blockSize") ?? 128),
            MaskedPositions = values.Text("recipe:quantize:maskedPositions") ?? "keep",
            Scope = ScopeOf(values, "recipe:quantize"),
        };
    }

    /// <summary>The configured calibration data, or null when there are none.</summary>
    public static CalibrationRecipe? Calibration(ConfigurationValues values) =>
        values.Path("recipe:calibration:data") is { } data
            ? new CalibrationRecipe(
                data.Full, (int)(values.Integer("recipe:calibration:samples") ?? 128),
                (int)(values.Integer("recipe:calibration:sequenceLength") ?? 512), values.Integer("recipe:calibration:seed") ?? 0)
            {
                Windows = values.Text("recipe:calibration:windows") ?? "packed",
                TrueSequential = values.Boolean("recipe:calibration:trueSequential") ?? false,
            }
            : null;

    private static Scope ScopeOf(ConfigurationValues values, string step)
    {
        ScopeKind kind = NamedScope.Find(values.Text($"{step}:scope") ?? "all")!.Kind;
        return new Scope(kind, values.List($"{step}:include")?.Items ?? [], values.List($"{step}:exclude")?.Items ?? []);
    }

    private static NmPattern ParsePattern(string text, LocatedValue value)
    {
        if (PatternOf(text) is { } pattern)
            return pattern;
        throw GateException.Usage(
            "GATE1006", $"'recipe.prune.pattern' must be N:M with 1 ≤ N < M ≤ 64, found \"{text}\"", value.Place, "write \"2:4\"");
    }

    /// <summary>N:M with 1 ≤ N &lt; M ≤ 64, or null.</summary>
    internal static NmPattern? PatternOf(string text)
    {
        string[] parts = text.Split(':');
        return parts.Length == 2 && Part(parts[0]) is { } zeros && Part(parts[1]) is { } group && zeros >= 1 && zeros < group && group <= 64
            ? new NmPattern(zeros, group)
            : null;

        static int? Part(string part) => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }
}
