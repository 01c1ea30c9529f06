using System.Collections.Immutable;
using System.Globalization;
using Gate.Compression.Recipes;
using Gate.Core.Sweeps;
using Gate.Diagnostics;

namespace Gate.Core.Configuration;

/// <summary>Binds <c>sweep</c>.</summary>
internal static class SweepBinding
{
    /// <summary>The sweep as configured, or the built-in one.</summary>
    /// <param name="values">Checked values.</param>
    /// <param name="baseFolder">Absolute folder that default paths start from.</param>
    /// <exception cref="GateException">Exit 2: a word of a list that means nothing.</exception>
    public static SweepOptions Bind(ConfigurationValues values, string baseFolder)
    {
        var defaults = new SweepOptions { Output = new NamedPath("out/sweep", Path.Combine(baseFolder, "out", "sweep")) };
        long? group = values.Integer("sweep:groupSize");
        ImmutableArray<SweepBudget> plans = SweepPlanBinding.Bind(values);
        return defaults with
        {
            Prune = List("sweep:prune", $"one of {string.Join(", ", MethodNames.Pruning)}", Method(MethodNames.Pruning)) ?? defaults.Prune,
            Quantize = List("sweep:quantize", $"one of {string.Join(", ", MethodNames.Quantization)}", Method(MethodNames.Quantization)) ?? defaults.Quantize,
            Zeros = List("sweep:sparsities", "a share from 0 up to but not including 1, or a pattern such as 2:4", Zeros) ?? defaults.Zeros,
            Bits = List("sweep:bits", "2 to 8, or 16", Bits)?.Select(bits => bits!.Value).ToImmutableArray() ?? defaults.Bits,
            GroupSize = group is null ? defaults.GroupSize : group == 0 ? null : (int)group,
            Scopes = List("sweep:scopes", $"one of {string.Join(", ", NamedScope.All.Where(scope => scope.Kind != ScopeKind.FinalDense).Select(scope => scope.Name))}", ScopeOf)?.Select(scope => scope!.Value).ToImmutableArray() ?? defaults.Scopes,
            Plans = plans,
            Floor = values.Number("sweep:retention") ?? values.Number("thresholds:retention") ?? defaults.Floor,
            Tokens = (int)(values.Integer("sweep:tokens") ?? defaults.Tokens),
            Items = (int)(values.Integer("sweep:items") ?? defaults.Items),
            Exhaustive = values.Boolean("sweep:exhaustive") ?? defaults.Exhaustive,
            Output = values.Path("sweep:path") is { } path ? new NamedPath(path.Written, path.Full) : defaults.Output,
        };

        ImmutableArray<T>? List<T>(string path, string expected, Func<string, T?> parse)
        {
            if (values.List(path) is not { } list)
                return null;
            string key = path.Replace(':', '.');

            // An empty grid is of use beside planned recipes only.
            if (list.Items.IsEmpty && plans.IsEmpty)
            {
                throw GateException.Usage(
                    "GATE1006", $"'{key}' is empty", values.Find(path)?.Place, $"write {expected}, leave the key out, or name budgets in sweep.plan to sweep planned recipes alone");
            }

            return [.. list.Items.Index().Select(item => parse(item.Item) ?? throw GateException.Usage(
                "GATE1006", $"'{key}' must hold {expected}, found \"{item.Item}\"", values.FindElement(path, item.Index)?.Place, "correct it, or leave the key out")).Distinct()];
        }
    }

    private static Func<string, string?> Method(IReadOnlyList<string> known) => text => known.Contains(text, StringComparer.Ordinal) ? text : null;

    private static SweepZeros? Zeros(string text) =>
        RecipeBinding.PatternOf(text) is { } pattern ? new SweepZeros(0, pattern)
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double share) && share is >= 0 and < 1 ? new SweepZeros(share, null)
        : null;

    private static int? Bits(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int bits) && bits is (>= 2 and <= 8) or 16 ? bits : null;

    // The head is one matrix: a sweep over its scope would have one cell.
    private static ScopeKind? ScopeOf(string text) => NamedScope.Find(text) is { Kind: not ScopeKind.FinalDense } scope ? scope.Kind : null;
}
