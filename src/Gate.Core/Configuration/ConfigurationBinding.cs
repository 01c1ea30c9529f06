using System.Collections.Immutable;
using Gate.Compression;
using Gate.Compression.Planning.Search;
using Gate.Compression.Recipes;
using Gate.Core.Baselines;
using Gate.Core.Planning;
using Gate.Core.Verdicts;
using Gate.Diagnostics;
using Gate.Evaluation.Chat;
using Gate.Models.Engines.Plugins;
using Gate.Models.Tokenization.Chat;

namespace Gate.Core.Configuration;

/// <summary>Turns checked values into the records the rest of Gate works with.</summary>
internal static class ConfigurationBinding
{
    /// <summary>Binds a configuration.</summary>
    /// <param name="values">Checked values.</param>
    /// <param name="file">The configuration file as shown to people, or null.</param>
    /// <param name="baseFolder">Absolute folder that default paths start from: the file's, or the working folder.</param>
    public static GateConfiguration Bind(ConfigurationValues values, string? file, string baseFolder)
    {
        long seed = values.Integer("suite:seed") ?? 7;
        return new GateConfiguration
        {
            File = file,
            Places = values.Places,
            Model = Named(values, "model"),
            Memory = values.Size("memory"),
            Engine = EngineOf(values),
            Budget = BudgetOf(values),
            Recipe = RecipeBinding.Bind(values),
            Calibration = RecipeBinding.Calibration(values),
            Planning = PlanningOf(values),
            Sweep = SweepBinding.Bind(values, baseFolder),
            Output = Named(values, "output:path") ?? new NamedPath("out/candidate", Path.Combine(baseFolder, "out", "candidate")),
            Layout = LayoutOf(values),
            Suite = SuiteOf(values, seed, baseFolder),
            Thresholds = ThresholdBinding.Bind(values),
            Decision = DecisionOf(values, seed),
            Baseline = new BaselineOptions(
                Named(values, "baseline:path") ?? new NamedPath(BaselineFile.DefaultName, Path.Combine(baseFolder, BaselineFile.DefaultName)),
                values.Text("baseline:mode") == "ratchet", values.Number("baseline:margin") ?? 0.02, values.Number("baseline:totalMargin") ?? 0.05, values.Find("baseline:mode")?.Key),
            EarlyStop = values.Boolean("decision:earlyStop") ?? false,
            RequirePower = values.Boolean("decision:requirePower") ?? true,
            Reports = new ReportPaths(
                Report("reports:json", "results.json"), Report("reports:items", "items.jsonl"), Report("reports:junit", "gate.junit.xml"),
                Report("reports:markdown", "gate.md"), Report("reports:html", "gate.html"), Report("reports:summary", "gate.summary.md"),
                values.Path("reports:sarif")?.Full),
        };

        string Report(string key, string name) => values.Path(key)?.Full ?? Path.Combine(baseFolder, "out", name);
    }

    private static PlanningOptions PlanningOf(ConfigurationValues values)
    {
        CalibrationRecipe? calibration = RecipeBinding.Calibration(values);
        PlanningMethods methods = calibration is null ? PlanningMethods.DataFree : PlanningMethods.Calibrated(calibration);
        return new PlanningOptions(values.Path("planning:text")?.Full, (int)(values.Integer("planning:tokens") ?? new PlanningOptions().Tokens))
        {
            Methods = methods with { Prune = values.Text("planning:prune") ?? methods.Prune, Quantize = values.Text("planning:quantize") ?? methods.Quantize },
            Layout = LayoutOf(values),
            Memory = values.Size("memory"),
        };
    }

    // Keys that the managed engine has no use for are refused, not ignored.
    private static EngineSelection EngineOf(ConfigurationValues values)
    {
        string name = values.Text("engine:name") ?? EngineSelection.ManagedName;
        EngineSelection selection = EngineSelection.Managed with
        {
            Name = name,
            Device = values.Text("engine:device") ?? EngineSelection.Managed.Device,
            Format = values.Text("engine:dtype") ?? EngineSelection.Managed.Format,
            Folder = values.Path("engine:folder")?.Full,
        };
        if (name == EngineSelection.ManagedName && selection != EngineSelection.Managed)
        {
            string key = selection.Device != EngineSelection.Managed.Device ? "device" : selection.Format != EngineSelection.Managed.Format ? "dtype" : "folder";
            throw GateException.Usage(
                "GATE1006", $"'engine.{key}' is for the engine torch; the managed engine computes in float32 on the processor", values.Find($"engine:{key}")?.Key,
                "set engine.name to torch, or remove the key");
        }

        return selection;
    }

    private static CandidateLayout LayoutOf(ConfigurationValues values) => LayoutNames.Parse(values.Text("output:format"));

    private static NamedPath? Named(ConfigurationValues values, string key) =>
        values.Path(key) is { } path ? new NamedPath(path.Written, path.Full) : null;

    private static Budget? BudgetOf(ConfigurationValues values)
    {
        double? rate = values.Number("budget:compressionRate");
        double? bits = values.Number("budget:bitsPerWeight");
        long? bytes = values.Size("budget:size");
        double? ratio = values.Number("budget:ratio");
        string[] set = [.. new[] { (rate is not null, "compressionRate"), (bits is not null, "bitsPerWeight"), (bytes is not null, "size"), (ratio is not null, "ratio") }
            .Where(pair => pair.Item1).Select(pair => pair.Item2)];
        if (set.Length > 1)
        {
            throw GateException.Usage(
                "GATE1007", $"'budget' must name one of compressionRate, bitsPerWeight, size and ratio, found {string.Join(" and ", set)}",
                values.Find($"budget:{set[1]}")?.Key, "keep one of them");
        }

        return set.Length == 0 ? null : new Budget(rate, bits, bytes, ratio);
    }

    private static SuiteOptions SuiteOf(ConfigurationValues values, long seed, string baseFolder)
    {
        (ImmutableArray<string> tasks, string tasksFolder) = values.List("suite:tasks") ?? (BuiltInSuite.Tasks, baseFolder);
        LocatedValue? first = values.Find("suite:tasks") ?? values.Find("suite:tasks:0");
        if (tasks.Length == 0)
            throw GateException.Usage("GATE1008", "'suite.tasks' is empty: there is nothing to ask", first?.Place, "name at least one task ('gate tasks' lists them)");
        string? twice = tasks.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
            throw GateException.Usage("GATE1008", $"'suite.tasks' names '{twice}' twice", first?.Key, "keep one of the two");
        ImmutableSortedDictionary<string, double> weights = values.Below("suite:weights")
            .ToImmutableSortedDictionary(path => path["suite:weights:".Length..], path => values.Number(path)!.Value, StringComparer.Ordinal);
        return new SuiteOptions(tasks, tasksFolder, (int?)values.Integer("suite:limit"), seed, weights, values.Boolean("suite:allowOutsideData") ?? false)
        {
            Chat = ChatOf(values),
            DataFolder = values.Path("suite:data")?.Full,
        };
    }

    private static ChatOptions ChatOf(ConfigurationValues values)
    {
        ChatMode mode = values.Text("suite:chat") is { } written ? Enum.Parse<ChatMode>(written, ignoreCase: true) : ChatMode.Off;
        ImmutableSortedDictionary<string, string> variables = values.Below("suite:chatVariables")
            .ToImmutableSortedDictionary(path => path["suite:chatVariables:".Length..], path => values.Text(path)!, StringComparer.Ordinal);
        if (variables.Keys.FirstOrDefault(name => ChatSettings.GivenVariables.Contains(name)) is { } given)
        {
            throw GateException.Usage(
                "GATE1006", $"'suite.chatVariables.{given}' cannot be set: every template is given that variable by Gate", values.Find($"suite:chatVariables:{given}")?.Key,
                "remove it; chatVariables are for variables of the model's own template");
        }

        return new ChatOptions(mode, new ChatSettings(values.Date("suite:chatDate") ?? ChatSettings.DefaultToday, variables));
    }

    private static DecisionOptions DecisionOf(ConfigurationValues values, long seed)
    {
        var defaults = new DecisionOptions();
        return new DecisionOptions(
            values.Text("decision:rule") ?? defaults.Rule,
            values.Number("decision:confidence") ?? defaults.Confidence,
            values.Text("decision:onInconclusive") ?? defaults.OnInconclusive,
            seed,
            values.Number("decision:maximumInvalidShare") ?? defaults.MaximumInvalidShare,
            values.Number("decision:gateableMargin") ?? defaults.GateableMargin,
            values.Text("decision:srcrFormula") ?? defaults.SrCrFormula,
            UnseenClusters: values.Text("decision:unseenClusters") ?? defaults.UnseenClusters);
    }
}
