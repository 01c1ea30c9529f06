using System.Collections.Frozen;
using Gate.Diagnostics;

namespace Gate.Models.Tokenization.Chat.Syntax;

/// <summary>Which filters and tests a template may use; others are refused where they stand, before anything is rendered.</summary>
/// <param name="Filters">Names of filters.</param>
/// <param name="Tests">Names of tests.</param>
internal sealed record TemplateVocabulary(FrozenSet<string> Filters, FrozenSet<string> Tests)
{
    /// <summary>Refuses a filter that is not known.</summary>
    public void RequireFilter(string name, int position) => Require("filter", Filters, name, position);

    /// <summary>Refuses a test that is not known.</summary>
    public void RequireTest(string name, int position) => Require("test", Tests, name, position);

    private static void Require(string what, FrozenSet<string> known, string name, int position)
    {
        if (known.Contains(name))
            return;
        string? nearest = NearestName.Find(name, known.Order(StringComparer.Ordinal));
        throw new TemplateSyntaxFault($"the {what} '{name}' is not one Gate knows{(nearest is null ? "" : $"; did the author mean '{nearest}'?")}", position, isUnknown: true);
    }
}
