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
        return defaults with
        {
            Prune = List(values, "sweep:prune", $"one of {string.Join(", ", MethodNames.Pruning)}", Method(MethodNames.Pruning)) ?? defaults.Prune,
            Quantize = List(values, "sweep:quantize", $"one of {string.Join(", ", MethodNames.Quantization)}", Method(MethodNames.Quantization)) ?? defaults.Quantize,
            Zeros = List(values, "sweep:sparsities", "a share from 0 up to but not including 1, or a pattern such as 2:4", Zeros) ?? defaults.Zeros,
            Bits = List(values, "sweep:bits", "2 to 8, or 16", Bits)?.Select(bits => bits!.Value).ToImmutableArray() ?? defaults.Bits,
            GroupSize = group is null ? defaults.GroupSize : group == 0 ? null : (int)group,
            Scopes = List(values, "sweep:scopes", "all, attention or ffn", ScopeOf)?.Select(scope => scope!.Value).ToImmutableArray() ?? defaults.Scopes,
            Floor = values.Number("sweep:retention") ?? values.Number("thresholds:retention") ?? defaults.Floor,
            Tokens = (int)(values.Integer("sweep:tokens") ?? defaults.Tokens),
            Items = (int)(values.Integer("sweep:items") ?? defaults.Items),
            Exhaustive = values.Boolean("sweep:exhaustive") ?? defaults.Exhaustive,
            Output = values.Path("sweep:path") is { } path ? new NamedPath(path.Written, path.Full) : defaults.Output,
        };
    }

    private static ImmutableArray<T>? List<T>(ConfigurationValues values, string path, string expected, Func<string, T?> parse)
    {
        if (values.List(path) is not { } list)
            return null;
        LocatedValue? place = values.Find(path) ?? values.Find($"{path}:0");
        string key = path.Replace(':', '.');
        if (list.Items.IsEmpty)
            throw GateException.Usage("GATE1006", $"'{key}' is empty", place?.Place, $"write {expected}, or leave the key out");
        return [.. list.Items.Distinct(StringComparer.Ordinal).Select(text => parse(text) ?? throw GateException.Usage(
            "GATE1006", $"'{key}' must hold {expected}, found \"{text}\"", place?.Place, "correct it, or leave the key out"))];
    }

    private static Func<string, string?> Method(IReadOnlyList<string> known) => text => known.Contains(text, StringComparer.Ordinal) ? text : null;

    private static SweepZeros? Zeros(string text) =>
        RecipeBinding.PatternOf(text) is { } pattern ? new SweepZeros(0, pattern)
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double share) && share is >= 0 and < 1 ? new SweepZeros(share, null)
        : null;

    private static int? Bits(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int bits) && bits is (>= 2 and <= 8) or 16 ? bits : null;

    private static ScopeKind? ScopeOf(string text) => text switch
    {
        "all" => ScopeKind.All,
        "attention" => ScopeKind.Attention,
        "ffn" => ScopeKind.FeedForward,
        _ => null,
    };
}
