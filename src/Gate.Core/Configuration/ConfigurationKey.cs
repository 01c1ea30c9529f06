using System.Collections.Immutable;

namespace Gate.Core.Configuration;

/// <summary>
/// One key of <c>gate.json</c>. Validation, the JSON schema, the reference page and the template of <c>gate init</c> are all made from these
/// entries; nothing else in the product knows which keys exist.
/// </summary>
/// <param name="Path">Dotted path; a segment <c>*</c> stands for a name the user chooses.</param>
/// <param name="Kind">Type of the value.</param>
/// <param name="Help">What it does, one sentence.</param>
public sealed record ConfigurationKey(string Path, ValueKind Kind, string Help)
{
    /// <summary>The default as a user would write it in JSON, or null when there is none.</summary>
    public string? Default { get; init; }

    /// <summary>Least value of a number, or null.</summary>
    public double? Minimum { get; init; }

    /// <summary>Greatest value of a number, or null.</summary>
    public double? Maximum { get; init; }

    /// <summary>Whether <see cref="Minimum"/> itself is refused.</summary>
    public bool MinimumIsExclusive { get; init; }

    /// <summary>Whether <see cref="Maximum"/> itself is refused.</summary>
    public bool MaximumIsExclusive { get; init; }

    /// <summary>The words of a <see cref="ValueKind.Choice"/>.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>Whether elements of a <see cref="ValueKind.List"/> may be written as numbers too.</summary>
    public bool TakesNumbers { get; init; }

    /// <summary>Whether a <see cref="ValueKind.Text"/> may be written as <c>true</c> or <c>false</c> too.</summary>
    public bool TakesBooleans { get; init; }

    /// <summary>The path's segments.</summary>
    public ImmutableArray<string> Segments { get; } = [.. Path.Split('.')];

    /// <summary>The allowed range in words, for example <c>0 ≤ x &lt; 1</c>; empty when every value of the kind is allowed.</summary>
    public string RangeText
    {
        get
        {
            if (Kind == ValueKind.Choice)
                return string.Join(", ", Choices);
            string left = Minimum is { } minimum ? $"{minimum} {(MinimumIsExclusive ? "<" : "≤")} " : "";
            string right = Maximum is { } maximum ? $" {(MaximumIsExclusive ? "<" : "≤")} {maximum}" : "";
            return left.Length + right.Length == 0 ? "" : $"{left}x{right}";
        }
    }

    /// <summary>Whether a number lies in the allowed range.</summary>
    public bool Allows(double value) =>
        (Minimum is not { } minimum || (MinimumIsExclusive ? value > minimum : value >= minimum)) &&
        (Maximum is not { } maximum || (MaximumIsExclusive ? value < maximum : value <= maximum));

    /// <summary>Whether a path, given by its segments, is this key.</summary>
    public bool Matches(IReadOnlyList<string> segments, StringComparison comparison)
    {
        if (segments.Count != Segments.Length)
            return false;
        for (int i = 0; i < segments.Count; i++)
        {
            if (Segments[i] != "*" && !string.Equals(Segments[i], segments[i], comparison))
                return false;
        }

        return true;
    }
}
