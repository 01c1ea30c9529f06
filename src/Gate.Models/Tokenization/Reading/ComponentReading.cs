using Gate.Diagnostics;
using Gate.Models.Checkpoints.Json;

namespace Gate.Models.Tokenization.Reading;

/// <summary>What the readers of all components share.</summary>
internal static class ComponentReading
{
    /// <summary>The component's type.</summary>
    public static string TypeOf(this CheckedJson component) => component.Require("type", "a text that names the component").AsString();

    /// <summary>A truth value with a default.</summary>
    public static bool Flag(this CheckedJson component, string key, bool fallback) => component.Find(key)?.AsBoolean() ?? fallback;

    /// <summary>A text that must be there.</summary>
    public static string Text(this CheckedJson component, string key) => component.Require(key, "a text").AsString();

    /// <summary>GATE3051: a component that is not implemented.</summary>
    public static GateException Unknown(this CheckedJson component, string kind, string found)
    {
        SourceLocation? location = component.Refuse("component").Diagnostic.Location;
        return GateException.Input(
            "GATE3051",
            $"{component.Source.Path}: '{component.Key}': expected a {kind} that Gate implements exactly, found '{found}'.",
            location,
            "Use a model whose tokenizer Gate knows, or report the component's name.");
    }
}
