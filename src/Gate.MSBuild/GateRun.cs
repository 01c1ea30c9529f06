using System.Globalization;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Gate.MSBuild;

/// <summary>
/// Runs <c>gate run</c> on one configuration, out of process, and turns its verdict into build errors and outputs. The engine prints its
/// diagnostics as canonical lines (<c>gate.json(12,5): error GATE2001: …</c>), which MSBuild reads; every other way to end badly becomes exactly
/// one coded error with the path of the log.
/// </summary>
public sealed class GateRun : ToolTask
{
    private readonly object _lock = new();
    private bool _diagnosticSeen;
    private string _verdict = "";
    private volatile bool _cancelled;

    /// <summary>Path of the engine, <c>gate.dll</c>.</summary>
    [Required]
    public string EngineAssembly { get; set; } = "";

    /// <summary>Path of the configuration, <c>gate.json</c>.</summary>
    [Required]
    public string Configuration { get; set; } = "";

    /// <summary>Folder of a dense model that replaces the one the configuration names; empty to leave it.</summary>
    public string Model { get; set; } = "";

    /// <summary>Folder the reports are written to, and with a <see cref="Model"/> the candidate too; empty for what the configuration says.</summary>
    public string ReportDirectory { get; set; } = "";

    /// <summary>File the engine writes its outputs to, one <c>name=value</c> per line; the log goes beside it.</summary>
    [Required]
    public string OutputsFile { get; set; } = "";

    /// <summary>Further arguments for the engine, one per item.</summary>
    public ITaskItem[] AdditionalArguments { get; set; } = [];

    /// <summary>Whether a breached or inconclusive verdict is a warning instead of an error.</summary>
    public bool BreachAsWarning { get; set; }

    /// <inheritdoc/>
    protected override string ToolName => Path.DirectorySeparatorChar == '\\' ? "dotnet.exe" : "dotnet";

    /// <inheritdoc/>
    protected override MessageImportance StandardErrorLoggingImportance => MessageImportance.Low;

    /// <inheritdoc/>
    protected override MessageImportance StandardOutputLoggingImportance => MessageImportance.Normal;

    private string LogFile => Path.ChangeExtension(OutputsFile, ".log");

    /// <inheritdoc/>
    protected override string GenerateFullPathToTool()
    {
        string? host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH");
        return string.IsNullOrEmpty(host) ? ToolName : host!;
    }

    /// <inheritdoc/>
    protected override bool ValidateParameters()
    {
        if (!File.Exists(EngineAssembly))
        {
            Error("GATE9002", $"the engine {EngineAssembly} is missing from the package; restore the package again");
            return false;
        }

        if (!File.Exists(Configuration))
        {
            Error("GATE1001", $"no configuration file {Configuration}; write one with 'gate init', or set GateConfig");
            return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Execute()
    {
        if (Path.GetDirectoryName(OutputsFile) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
        File.Delete(OutputsFile);
        bool isPassed = base.Execute();
        if (_cancelled && !_diagnosticSeen)
            Error("GATE9003", $"the build was cancelled while the gate ran; the same build goes on where it stopped; log: {LogFile}");
        isPassed = isPassed && !_cancelled && !Log.HasLoggedErrors;
        if (isPassed && ExitCode == 0)
            Log.LogMessage(MessageImportance.High, $"gate: {_verdict}");
        return isPassed;
    }

    /// <inheritdoc/>
    public override void Cancel()
    {
        _cancelled = true;
        base.Cancel();
    }

    // The host and its own arguments stand on the command line; what the engine is asked travels in a response file, so that its length and its
    // quoting do not depend on a shell.
    /// <inheritdoc/>
    protected override string GenerateCommandLineCommands() => $"exec \"{EngineAssembly}\"";

    /// <inheritdoc/>
    protected override string GenerateResponseFileCommands()
    {
        List<string> arguments = ["run", Configuration, "--ci", "--log-format", "msbuild", "--log-file", LogFile, "--outputs-file", OutputsFile,
            "--if-changed"];
        if (Model.Length > 0)
            arguments.AddRange(["--model", Model, "--output.path", Path.Combine(ReportDirectory, "candidate")]);
        if (ReportDirectory.Length > 0)
            arguments.AddRange(["--report-dir", ReportDirectory]);
        foreach (ITaskItem argument in AdditionalArguments)
            arguments.Add(argument.ItemSpec);
        return string.Join("\n", arguments.ConvertAll(argument => $"\"{argument.Replace("\"", "\\\"")}\""));
    }

    /// <inheritdoc/>
    protected override void LogEventsFromTextOutput(string singleLine, MessageImportance messageImportance)
    {
        // The last line of standard output is the verdict.
        if (messageImportance == StandardOutputLoggingImportance && singleLine.Trim().Length > 0)
            _verdict = singleLine.Trim();

        // MSBuild reads the canonical form itself; here it is only noticed, or softened.
        bool isDiagnostic = singleLine.IndexOf(": error GATE", StringComparison.Ordinal) >= 0;
        if (isDiagnostic)
        {
            lock (_lock)
            {
                if (!_diagnosticSeen)
                    singleLine += $" [log: {LogFile}]";
                _diagnosticSeen = true;
            }

            if (BreachAsWarning && singleLine.IndexOf(": error GATE2", StringComparison.Ordinal) >= 0)
                singleLine = singleLine.Replace(": error GATE2", ": warning GATE2");
        }

        base.LogEventsFromTextOutput(singleLine, messageImportance);
    }

    /// <inheritdoc/>
    protected override bool HandleTaskExecutionErrors()
    {
        if (_cancelled)
            return false;
        bool isVerdict = ExitCode is 1 or 3;
        if (!_diagnosticSeen)
        {
            (string code, string what) = ExitCode switch
            {
                1 => ("GATE2001", "a threshold is breached"),
                2 => ("GATE1000", "the configuration or command line is wrong"),
                3 => ("GATE2002", "the verdict is inconclusive"),
                4 => ("GATE3000", "a model or data file cannot be used"),
                130 => ("GATE9003", "the run was interrupted; the same build goes on where it stopped"),
                _ => ("GATE9001", "Gate ended unexpectedly"),
            };
            string text = $"{what} (exit code {ExitCode.ToString(CultureInfo.InvariantCulture)}); log: {LogFile}";
            if (BreachAsWarning && isVerdict)
                Log.LogWarning("Gate", code, null, Configuration, 0, 0, 0, 0, text);
            else
                Error(code, text);
        }

        return BreachAsWarning && isVerdict;
    }

    private void Error(string code, string text) => Log.LogError("Gate", code, null, Configuration, 0, 0, 0, 0, text);
}
