using System.Collections.Frozen;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat.Filters;

/// <summary>The filters by name.</summary>
internal static class FilterTable
{
    private static readonly FrozenDictionary<string, Func<FilterCall, TemplateValue>> Table = new[]
    {
        TextFilters.All, NumberFilters.All, CollectionFilters.All, SelectionFilters.All,
    }.SelectMany(table => table).ToFrozenDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);

    /// <summary>Their names.</summary>
    public static FrozenSet<string> Names { get; } = Table.Keys.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Applies a filter.</summary>
    /// <exception cref="TemplateFault">The filter does not take it.</exception>
    public static TemplateValue Apply(FilterCall call) =>
        Table.TryGetValue(call.Name, out Func<FilterCall, TemplateValue>? filter) ? filter(call) : throw new UnknownConstructFault($"the filter '{call.Name}' is not one Gate knows");
}
