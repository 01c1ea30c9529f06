using System.Text.RegularExpressions;
using Gate.Diagnostics;
using Gate.Evaluation.Normalization;

namespace Gate.Evaluation.TaskFiles;

/// <summary>Regular expressions in task files.</summary>
internal static class TaskPatterns
{
    /// <summary>Refuses a text that is not a regular expression.</summary>
    /// <exception cref="GateException">Exit 2 (GATE5037).</exception>
    public static void Check(KeyedObject file, string key, string pattern)
    {
        try
        {
            PythonPattern.Of(pattern);
        }
        catch (RegexParseException exception)
        {
            throw GateException.Usage(
                "GATE5037", $"'{key}' is not a regular expression: {exception.Message}", file.Find(key)?.Location ?? file.Location, "write it as Python's re reads it, with \\\\ for \\ in JSON");
        }
    }
}
