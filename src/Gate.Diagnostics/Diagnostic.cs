namespace Gate.Diagnostics;

/// <summary>A fact the user should know: what was expected, what was found, where, and what to do next.</summary>
/// <param name="Code">Stable code such as <c>GATE3004</c>; 1xxx usage and configuration, 2xxx rules, 3xxx inputs, 4xxx compression,
/// 5xxx evaluation, 9xxx internal. Codes are never renumbered; <see cref="DiagnosticCatalogue"/> explains each.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Message">One sentence that names the thing, the expected and the found.</param>
/// <param name="Location">The file, line and column it is about, if there is one.</param>
/// <param name="Remedy">What the user can do next, in the imperative.</param>
public sealed record Diagnostic(string Code, Severity Severity, string Message, SourceLocation? Location = null, string? Remedy = null)
{
    /// <summary>The canonical line, which MSBuild and editors parse: <c>file(line,column): error GATE3004: message</c>.</summary>
    public override string ToString()
    {
        string severity = Severity switch { Severity.Error => "error", Severity.Warning => "warning", _ => "note" };
        return $"{(Location is null ? "gate" : Location.ToString())}: {severity} {Code}: {Message}";
    }
}
