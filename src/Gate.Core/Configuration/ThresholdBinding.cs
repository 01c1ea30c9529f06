using System.Collections.Immutable;
using Gate.Core.Verdicts;

namespace Gate.Core.Configuration;

/// <summary>Binds <c>thresholds</c>; a rule is named by its path in the file.</summary>
internal static class ThresholdBinding
{
    /// <summary>The configured thresholds in the order they are written, or the built-in one when there are none.</summary>
    public static ImmutableArray<Threshold> Bind(ConfigurationValues values)
    {
        ImmutableArray<Threshold> configured = [.. values.Below("thresholds").Where(path => values.Find(path)!.WrittenAs != WrittenAs.Empty)
            .Select(path =>
            {
                string[] segments = path.Split(':');
                LocatedValue value = values.Find(path)!;
                string? task = segments is [_, "tasks", var name, _] ? name : null;
                return new Threshold(string.Join('.', segments), segments[^1], task, values.Number(path)!.Value, value.Key);
            })];
        return configured.Length == 0 ? BuiltInSuite.Thresholds : configured;
    }
}
