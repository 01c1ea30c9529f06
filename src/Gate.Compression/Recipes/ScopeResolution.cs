using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Models.Structure;

namespace Gate.Compression.Recipes;

/// <summary>Finds the layers a scope means.</summary>
public static class ScopeResolution
{
    /// <summary>The layers of a scope, in model order.</summary>
    /// <param name="layers">All linear layers of the model.</param>
    /// <param name="scope">Which of them.</param>
    /// <param name="step">The step of the recipe, for messages: <c>prune</c> or <c>quantize</c>.</param>
    /// <param name="family">The model's family, which decides where papers draw the line.</param>
    /// <exception cref="GateException">Exit 2: the scope is empty, or a pattern matches none of its layers.</exception>
    public static ImmutableArray<LinearLayer> Resolve(IReadOnlyList<LinearLayer> layers, Scope scope, string step, string family)
    {
        NamedScope kind = NamedScope.Of(scope.Kind);
        List<LinearLayer> ofKind = [.. layers.Where(layer => kind.Has(layer.Role, family))];
        if (ofKind.Count == 0)
            throw EmptyKind(kind, step);

        EnsureEveryPatternMatches(layers, ofKind, scope.Include, kind, $"recipe.{step}.include");
        EnsureEveryPatternMatches(layers, ofKind, scope.Exclude, kind, $"recipe.{step}.exclude");
        ImmutableArray<LinearLayer> chosen =
        [
            .. ofKind.Where(layer =>
                (scope.Include.IsEmpty || scope.Include.Any(pattern => GlobPattern.Matches(pattern, layer.Name)))
                && !scope.Exclude.Any(pattern => GlobPattern.Matches(pattern, layer.Name))),
        ];
        return chosen.IsEmpty
            ? throw GateException.Usage(
                "GATE4002", $"recipe.{step} leaves no layer: its exclude patterns remove everything that was chosen.",
                remedy: $"Remove a pattern from recipe.{step}.exclude, or leave recipe.{step} out.")
            : chosen;
    }

    private static GateException EmptyKind(NamedScope kind, string step) => GateException.Usage(
        "GATE4002", $"recipe.{step} asks for the {kind.Description}, but the model has none.",
        remedy: kind.Kind == ScopeKind.FinalDense
            ? "The model's final dense layer is tied to its embeddings and is never changed in one place only; choose another scope."
            : "Choose another scope.");

    private static void EnsureEveryPatternMatches(
        IReadOnlyList<LinearLayer> layers, List<LinearLayer> ofKind, ImmutableArray<string> patterns, NamedScope kind, string key)
    {
        foreach (string pattern in patterns)
        {
            if (ofKind.Exists(layer => GlobPattern.Matches(pattern, layer.Name)))
                continue;

            LinearLayer? outside = layers.FirstOrDefault(layer => GlobPattern.Matches(pattern, layer.Name));
            if (outside is not null)
            {
                throw GateException.Usage(
                    "GATE4001", $"{key}: \"{pattern}\" matches {outside.Name}, which is outside the scope ({kind.Description}).",
                    remedy: "Change the scope, or remove the pattern.");
            }

            throw GateException.Usage(
                "GATE4001", $"{key}: \"{pattern}\" matches no layer of the model; expected a pattern over module names such as {ofKind[0].Name}.",
                remedy: $"Nearest: {string.Join(", ", Nearest(pattern, layers))}. \"gate inspect MODEL\" lists the layers.");
        }
    }

    // The misspelt part is usually the last word of the pattern, so names are compared by their last words first, then as a whole.
    private static IEnumerable<string> Nearest(string pattern, IReadOnlyList<LinearLayer> layers)
    {
        string word = LastWord(pattern);
        string? near = NearestName.Find(word, layers.Select(layer => LastWord(layer.Name)).Distinct(StringComparer.Ordinal));
        IEnumerable<string> byWord = layers.Select(layer => layer.Name).Where(name => near is not null && LastWord(name) == near);
        string? whole = NearestName.Find(pattern, layers.Select(layer => layer.Name));
        IEnumerable<string> names = whole is null ? byWord : byWord.Prepend(whole);
        return names.Concat(layers.Select(layer => layer.Name)).Distinct(StringComparer.Ordinal).Take(3);
    }

    private static string LastWord(string name) =>
        name.Split('.').LastOrDefault(part => part.Trim('*', '?').Length > 0 && part != "weight")?.Trim('*', '?') ?? name;
}
