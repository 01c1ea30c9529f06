namespace Gate.Reporting.Logs;

/// <summary>How a log line must look for its reader to make more of it than text.</summary>
public enum LogDialect
{
    /// <summary>A terminal or a CI server without a dialect: <c>file(line,column): error CODE: message</c>.</summary>
    Text,

    /// <summary>GitHub Actions: workflow commands, shown as annotations.</summary>
    GitHub,

    /// <summary>Azure Pipelines: logging commands, shown as issues of the run.</summary>
    Azure,

    /// <summary>GitLab CI: plain lines; findings reach the merge request through the JUnit report.</summary>
    GitLab,

    /// <summary>TeamCity: service messages; errors become build problems.</summary>
    TeamCity,

    /// <summary>MSBuild and editors: the canonical error format.</summary>
    MSBuild,
}
