using System.Collections.Immutable;
using Gate.Compression.Recipes;
using Gate.Core.Sweeps;

namespace Gate.Core.Configuration;

/// <summary>Binds <c>sweep.plan</c>: lists of budgets under the names and within the ranges of <c>budget</c>.</summary>
internal static class SweepPlanBinding
{
    private static readonly (string Name, Func<object, Budget> Budget)[] Kinds =
    [
        ("compressionRate", value => new Budget((double)value, null, null)),
        ("bitsPerWeight", value => new Budget(null, (double)value, null)),
        ("size", value => new Budget(null, null, (long)value)),
        ("ratio", value => new Budget(null, null, null, (double)value)),
    ];

    /// <summary>The budgets, each once, in the order of the keys of <c>budget</c>.</summary>
    /// <param name="values">Checked values.</param>
    /// <exception cref="Diagnostics.GateException">Exit 2: an element that is no such budget.</exception>
    public static ImmutableArray<SweepBudget> Bind(ConfigurationValues values) =>
        [.. Kinds.SelectMany(kind => Budgets(values, kind.Name, kind.Budget)).DistinctBy(planned => planned.Budget)];

    private static IEnumerable<SweepBudget> Budgets(ConfigurationValues values, string name, Func<object, Budget> budget)
    {
        string path = $"sweep:plan:{name}", key = path.Replace(':', '.');
        ConfigurationKey range = ConfigurationKeys.Find(["budget", name], StringComparison.Ordinal)!;
        foreach ((int index, string text) in (values.List(path)?.Items ?? []).Index())
        {
            LocatedValue place = values.FindElement(path, index)!;

            // Written as a text of a list or of an option: its type is what the key of the budget says.
            object value = ValueParsing.Parse(range, key, place with { Text = text, WrittenAs = WrittenAs.Plain });
            yield return new SweepBudget(budget(value), key, place.Place);
        }
    }
}
