using Gate.Core.Configuration;
using Gate.Reporting.Logs;

namespace Gate.Tool.Output;

/// <summary>Files as annotations name them: GitHub takes paths from the root of the repository, whichever folder the job works in.</summary>
internal static class AnnotatedFile
{
    /// <summary>The path of a file in a line of a dialect.</summary>
    /// <param name="file">Relative to the working folder or absolute, or null.</param>
    /// <param name="dialect">Who reads the line.</param>
    public static string? Of(string? file, LogDialect dialect) =>
        file is not null && dialect == LogDialect.GitHub && Environment.GetEnvironmentVariable("GITHUB_WORKSPACE") is { Length: > 0 } root
            ? ConfigurationReader.Show(Path.GetFullPath(file), Path.GetFullPath(root))
            : file;
}
