using System.Diagnostics;
using YamlDotNet.RepresentationModel;

namespace Gate.EndToEnd.Action;

/// <summary>
/// Runs the steps of a composite action the way a GitHub runner does: each <c>run</c> under bash with the files behind <c>GITHUB_OUTPUT</c>,
/// <c>GITHUB_PATH</c> and <c>GITHUB_STEP_SUMMARY</c>, <c>if</c> and <c>env</c> evaluated, a failed step ending the job but for steps that say
/// <c>always()</c>. The two cache actions work on a folder that stands for the server.
/// </summary>
internal sealed class CompositeActionRunner
{
    private readonly ActionDefinition _action;
    private readonly string _actionFolder;
    private readonly string _workspace;
    private readonly string _temporary;
    private readonly string _cacheServer;
    private readonly Dictionary<string, Dictionary<string, string>> _outputs = [];
    private readonly List<string> _path = [];

    public CompositeActionRunner(string actionFolder, string workspace, string scratch)
    {
        _actionFolder = actionFolder;
        _workspace = workspace;
        _action = ActionDefinition.Load(Path.Combine(actionFolder, "action.yml"));
        _temporary = Directory.CreateDirectory(Path.Combine(scratch, "runner-temp")).FullName;
        _cacheServer = Directory.CreateDirectory(Path.Combine(scratch, "cache-server")).FullName;
        SummaryFile = Path.Combine(scratch, "summary.md");
    }

    /// <summary>The file behind <c>GITHUB_STEP_SUMMARY</c>.</summary>
    public string SummaryFile { get; }

    /// <summary>Runs every step with these inputs; the others take their defaults.</summary>
    public ActionRun Run(IReadOnlyDictionary<string, string> inputs)
    {
        string? unknown = inputs.Keys.FirstOrDefault(name => !_action.Inputs.ContainsKey(name));
        if (unknown is not null)
            throw new ArgumentException($"action.yml has no input '{unknown}'", nameof(inputs));

        _outputs.Clear();
        File.WriteAllText(SummaryFile, "");
        ActionExpressions expressions = new(name => LookUp(name, inputs));
        bool failed = false;
        List<string> log = [];
        foreach (YamlMappingNode step in _action.Steps)
        {
            string condition = ActionDefinition.Text(step, "if") ?? "";
            bool runsAfterFailure = condition.Contains("always()", StringComparison.Ordinal);
            if (failed && !runsAfterFailure)
                continue;
            if (condition.Length > 0 && !ActionExpressions.IsTrue(expressions.Evaluate(condition)))
                continue;

            string id = ActionDefinition.Text(step, "id") ?? "";
            Dictionary<string, string> outputs = id.Length == 0 ? [] : _outputs[id] = [];
            if (ActionDefinition.Text(step, "uses") is { } uses)
                RunCache(uses, ActionDefinition.Texts(step, "with").ToDictionary(pair => pair.Key, pair => expressions.Substitute(pair.Value)), outputs);
            else
                failed |= RunScript(step, expressions, outputs, log) != 0;
        }

        Dictionary<string, string> results = _action.Outputs.ToDictionary(
            pair => pair.Key, pair => expressions.Substitute(ActionDefinition.Text(pair.Value, "value")!));
        return new ActionRun(!failed, results, string.Join('\n', log), File.ReadAllText(SummaryFile));
    }

    private int RunScript(YamlMappingNode step, ActionExpressions expressions, Dictionary<string, string> outputs, List<string> log)
    {
        if (ActionDefinition.Text(step, "shell") != "bash")
            throw new NotSupportedException("every run step names bash as its shell");

        string outputFile = Path.GetTempFileName();
        string pathFile = Path.GetTempFileName();
        ProcessStartInfo start = new("bash")
        {
            WorkingDirectory = _workspace,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("--noprofile");
        start.ArgumentList.Add("--norc");
        start.ArgumentList.Add("-eo");
        start.ArgumentList.Add("pipefail");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(expressions.Substitute(ActionDefinition.Text(step, "run")!));
        start.Environment["CI"] = "true";
        start.Environment["GITHUB_ACTIONS"] = "true";
        start.Environment["GITHUB_ACTION_PATH"] = _actionFolder;
        start.Environment["GITHUB_WORKSPACE"] = _workspace;
        start.Environment["GITHUB_OUTPUT"] = outputFile;
        start.Environment["GITHUB_PATH"] = pathFile;
        start.Environment["GITHUB_STEP_SUMMARY"] = SummaryFile;
        start.Environment["RUNNER_TEMP"] = _temporary;
        start.Environment["RUNNER_OS"] = "Linux";
        start.Environment["PATH"] = string.Join(Path.PathSeparator, [.. _path, Environment.GetEnvironmentVariable("PATH")!]);
        foreach ((string name, string value) in ActionDefinition.Texts(step, "env"))
            start.Environment[name] = expressions.Substitute(value);

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        log.Add(output);
        log.Add(error.Result);
        process.WaitForExit();

        foreach (string line in File.ReadAllLines(outputFile))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            Assert.True(equals > 0, $"not a name=value line in GITHUB_OUTPUT: {line}");
            outputs[line[..equals]] = line[(equals + 1)..];
        }

        _path.AddRange(File.ReadAllLines(pathFile));
        File.Delete(outputFile);
        File.Delete(pathFile);
        return process.ExitCode;
    }

    private void RunCache(string uses, Dictionary<string, string> with, Dictionary<string, string> outputs)
    {
        string stored = Path.Combine(_cacheServer, with["key"]);
        if (uses.StartsWith("actions/cache/restore@", StringComparison.Ordinal))
        {
            string? found = Directory.Exists(stored)
                ? stored
                : with["restore-keys"].Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                    .SelectMany(prefix => Directory.EnumerateDirectories(_cacheServer, prefix + "*").Order(StringComparer.Ordinal)).FirstOrDefault();
            outputs["cache-hit"] = found == stored ? "true" : "false";
            if (found is not null)
                Copy(found, with["path"]);
        }
        else if (uses.StartsWith("actions/cache/save@", StringComparison.Ordinal))
        {
            if (!Directory.Exists(stored))
                Copy(with["path"], stored);
        }
        else
        {
            throw new NotSupportedException($"the runner does not know {uses}");
        }
    }

    private string LookUp(string name, IReadOnlyDictionary<string, string> inputs)
    {
        string[] parts = name.Split('.');
        return parts switch
        {
            ["inputs", string input] when _action.Inputs.TryGetValue(input, out YamlMappingNode? definition) =>
                inputs.TryGetValue(input, out string? value) ? value : ActionDefinition.Text(definition, "default") ?? "",
            ["steps", string step, "outputs", string output] =>
                _outputs.TryGetValue(step, out Dictionary<string, string>? outputs) ? outputs.GetValueOrDefault(output, "") : "",
            ["github", "action_path"] => _actionFolder,
            ["github", "workspace"] => _workspace,
            _ => throw new FormatException($"action.yml uses '{name}', which does not exist"),
        };
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}

/// <summary>What a run of the action left.</summary>
internal sealed record ActionRun(bool Succeeded, IReadOnlyDictionary<string, string> Outputs, string Log, string Summary);
