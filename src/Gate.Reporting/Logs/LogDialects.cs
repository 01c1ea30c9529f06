namespace Gate.Reporting.Logs;

/// <summary>Names of the dialects, and which one an environment speaks.</summary>
public static class LogDialects
{
    /// <summary>The names a user may write, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> Names { get; } = ["text", "github", "azure", "gitlab", "teamcity", "msbuild"];

    /// <summary>The dialect of a name in any case, or null when there is none.</summary>
    public static LogDialect? Parse(string name)
    {
        for (int i = 0; i < Names.Count; i++)
        {
            if (Names[i].Equals(name, StringComparison.OrdinalIgnoreCase))
                return (LogDialect)i;
        }

        return null;
    }

    /// <summary>The dialect of the CI server whose variables are set; <see cref="LogDialect.Text"/> when none is.</summary>
    /// <param name="variable">Gives the value of an environment variable, or null.</param>
    public static LogDialect Detect(Func<string, string?> variable) =>
        IsTrue(variable("GITHUB_ACTIONS")) ? LogDialect.GitHub
        : IsTrue(variable("TF_BUILD")) ? LogDialect.Azure
        : IsTrue(variable("GITLAB_CI")) ? LogDialect.GitLab
        : string.IsNullOrEmpty(variable("TEAMCITY_VERSION")) ? LogDialect.Text
        : LogDialect.TeamCity;

    private static bool IsTrue(string? value) => "true".Equals(value, StringComparison.OrdinalIgnoreCase);
}
