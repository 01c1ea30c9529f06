namespace Gate.Results;

/// <summary>A results or items file cannot be used: malformed, incomplete or newer than this version of Gate.</summary>
/// <param name="message">What was expected and what was found.</param>
/// <param name="jsonPath">Where in the document, as a JSON path such as <c>$.verdict.rules[2].limit</c>; <c>$</c> for the whole.</param>
/// <param name="line">Line in the file, counted from 1; 0 when unknown.</param>
/// <param name="innerException">What the parser said, or null.</param>
public sealed class ResultsFormatException(string message, string jsonPath, long line = 0, Exception? innerException = null)
    : FormatException(message, innerException)
{
    /// <summary>Where in the document, as a JSON path; <c>$</c> for the whole.</summary>
    public string JsonPath { get; } = jsonPath;

    /// <summary>Line in the file, counted from 1; 0 when unknown.</summary>
    public long Line { get; } = line;
}
