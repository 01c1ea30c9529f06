namespace Gate.Core.Configuration;

/// <summary>What a configuration value must be.</summary>
public enum ValueKind
{
    /// <summary>Any text that is not empty.</summary>
    Text,

    /// <summary>One of a fixed list of words.</summary>
    Choice,

    /// <summary>A path, relative to the file that names it (in the file) or to the working folder (in an option or variable).</summary>
    Path,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A finite number.</summary>
    Number,

    /// <summary>A finite number written as a ratio: 0.95, never 95 and never "95%".</summary>
    Ratio,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>Bytes, as a whole number or as text with a unit: <c>"1.5 GiB"</c>.</summary>
    Size,

    /// <summary>A day, as <c>2024-07-26</c>.</summary>
    Date,

    /// <summary>A list of texts; comma-separated in an option or variable.</summary>
    List,
}
