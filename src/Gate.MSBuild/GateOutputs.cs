using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Gate.MSBuild;

/// <summary>
/// Reads what the engine wrote for later targets, one <c>name=value</c> per line. Separate from <see cref="GateRun"/>, so that the outputs of several gates are read
/// when all of them have run.
/// </summary>
public sealed class GateOutputs : Microsoft.Build.Utilities.Task
{
    /// <summary>The file the engine wrote; nothing is read when it does not exist.</summary>
    [Required]
    public string OutputsFile { get; set; } = "";

    /// <summary><c>passed</c>, <c>breached</c>, <c>inconclusive</c> or <c>error</c>.</summary>
    [Output]
    public string Verdict { get; private set; } = "error";

    /// <summary>Semantic retention of the suite, or empty when it was not measured.</summary>
    [Output]
    public string Retention { get; private set; } = "";

    /// <summary>SrCr, or empty when it was not measured.</summary>
    [Output]
    public string SrCr { get; private set; } = "";

    /// <summary>Number of forgotten items, or empty when it was not measured.</summary>
    [Output]
    public string ForgottenCount { get; private set; } = "";

    /// <summary>The reports written, each with <c>Kind</c> metadata (<c>json</c>, <c>junit</c>, <c>markdown</c>, <c>html</c>).</summary>
    [Output]
    public ITaskItem[] Reports { get; private set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        if (!File.Exists(OutputsFile))
            return true;

        List<ITaskItem> reports = [];
        foreach (string line in File.ReadAllLines(OutputsFile))
        {
            int equals = line.IndexOf('=');
            if (equals < 0)
                continue;

            string name = line.Substring(0, equals);
            string value = line.Substring(equals + 1);
            switch (name)
            {
                case "verdict":
                    Verdict = value;
                    break;
                case "retention":
                    Retention = value;
                    break;
                case "srcr":
                    SrCr = value;
                    break;
                case "forgotten-count":
                    ForgottenCount = value;
                    break;
                case "report-json":
                    reports.Add(Report(value, "json"));
                    break;
                case "junit" or "markdown" or "html" when value.Length > 0:
                    reports.Add(Report(value, name));
                    break;
            }
        }

        Reports = [.. reports];
        return true;
    }

    private static TaskItem Report(string path, string kind)
    {
        TaskItem item = new(path);
        item.SetMetadata("Kind", kind);
        return item;
    }
}
