using System.Collections.Immutable;
using Gate.Compression;
using Gate.Core.Baselines;
using Gate.Core.Configuration;
using Gate.Core.Pipeline.EarlyStopping;
using Gate.Core.Pipeline.Planning;
using Gate.Core.Pipeline.Shards;
using Gate.Core.Planning;
using Gate.Diagnostics;
using Gate.Evaluation.Tasks;
using Gate.Results;

namespace Gate.Core.Pipeline;

/// <summary>What a finished run hands to the reports.</summary>
/// <param name="Results">The results.</param>
/// <param name="Items">One record per question, in suite order.</param>
public sealed record GateRunOutcome(GateResults Results, ImmutableArray<ItemRecord> Items);

/// <summary>
/// The run: configuration → dense model → plan → candidate on disk → candidate read back → questions to both → verdict. Every check that needs no work
/// comes before all work.
/// </summary>
public static class GateRun
{
    /// <summary>The checks that come before everything else: a model is named, and the thresholds can mean what they say.</summary>
    /// <exception cref="GateException">Exit 2.</exception>
    public static void Check(GateConfiguration configuration)
    {
        RequireModel(configuration);
        CheckRules(configuration);
    }

    /// <summary>Compresses the configured model and judges the candidate.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="context">Where and how to run.</param>
    /// <exception cref="GateException">Exit 2 before any work, exit 4 for inputs.</exception>
    public static GateRunOutcome Run(GateConfiguration configuration, RunContext context)
    {
        using PreparedRun prepared = PreparedRun.Of(configuration, context);
        JudgedModel dense = prepared.Dense;
        (CompressionOutcome outcome, string key) = CandidateMaking.Make(context, dense, prepared.Plan, configuration.Output, configuration.Memory);
        using JudgedModel candidate = JudgedModel.Open(context, configuration.Output);

        // Before the questions: a run that is killed while it asks them finds its candidate again.
        context.Candidates.Remember(key, candidate.Identity);
        return Judge(configuration, context, dense, candidate, prepared.Tasks, outcome);
    }

    /// <summary>Compresses the configured model and asks both models one part of the questions; judges nothing.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="shard">The part.</param>
    /// <param name="context">Where and how to run.</param>
    /// <returns>The folder with the part's answers, and how many questions it has.</returns>
    /// <exception cref="GateException">Exit 2 before any work, exit 4 for inputs.</exception>
    public static (string Folder, int Questions) RunShard(GateConfiguration configuration, Shard shard, RunContext context)
    {
        using PreparedRun prepared = PreparedRun.Of(configuration, context);
        JudgedModel dense = prepared.Dense;
        ImmutableArray<AskedTask> tasks = [.. prepared.Tasks.Select(task =>
            task with { Items = [.. task.Items.Where(item => shard.Holds(task.Definition.Name, item.Id))] }).Where(task => task.Items.Length > 0)];
        (_, string key) = CandidateMaking.Make(context, dense, prepared.Plan, configuration.Output, configuration.Memory);
        using JudgedModel candidate = JudgedModel.Open(context, configuration.Output);
        context.Candidates.Remember(key, candidate.Identity);
        candidate.Unload();
        ImmutableDictionary<string, ImmutableArray<ItemResult>> denseAnswers = SuiteEvaluation.Evaluate(context, "dense", dense, tasks);
        dense.Unload();
        ImmutableDictionary<string, ImmutableArray<ItemResult>> candidateAnswers = SuiteEvaluation.Evaluate(context, "candidate", candidate, tasks);
        string folder = Path.Combine(Path.GetDirectoryName(configuration.Reports.Json)!, shard.FolderName);
        ShardFolder.Write(folder, context.Seal, tasks.SelectMany(task => new[]
        {
            (dense.Identity, task, denseAnswers[task.Definition.Name]), (candidate.Identity, task, candidateAnswers[task.Definition.Name]),
        }));
        return (folder, tasks.Sum(task => task.Items.Length));
    }

    /// <summary>Judges a candidate made elsewhere.</summary>
    /// <param name="configuration">The configuration; its model is the dense one.</param>
    /// <param name="candidatePath">The candidate.</param>
    /// <param name="context">Where and how to run.</param>
    /// <exception cref="GateException">Exit 2 before any work, exit 4 for inputs.</exception>
    public static GateRunOutcome Compare(GateConfiguration configuration, NamedPath candidatePath, RunContext context)
    {
        NamedPath model = RequireModel(configuration);
        CheckRules(configuration);
        CheckOutputs(configuration, context, withCandidate: false);
        using JudgedModel dense = JudgedModel.Open(context, model, configuration.Places);
        using JudgedModel candidate = JudgedModel.Open(context, candidatePath);
        CompressionOutcome? sidecar = candidate.Served is null ? Compressor.ReadSidecar(candidate.Checkpoint) : null;
        ImmutableArray<AskedTask> tasks = LoadTasks(configuration, context, dense);
        PowerCheck.Tell(
            configuration, context, tasks, sidecar is null ? null : new(sidecar.TheoreticalCompressionRate, sidecar.Sparsity, sidecar.Bits));
        return Judge(configuration, context, dense, candidate, tasks, sidecar);
    }

    /// <summary>Only writes the candidate.</summary>
    /// <exception cref="GateException">Exit 2 before any work, exit 4 for inputs.</exception>
    public static (CompressionPlan Plan, CompressionOutcome Outcome) Compress(GateConfiguration configuration, RunContext context)
    {
        NamedPath model = RequireModel(configuration);
        AtomicFile.CheckWritable(Path.GetDirectoryName(configuration.Output.Full)!, configuration.Output.Portable);
        using JudgedModel dense = JudgedModel.Open(context, model, configuration.Places);
        CompressionPlan plan = PlanOf(configuration, context, dense);
        (CompressionOutcome outcome, string key) = CandidateMaking.Make(context, dense, plan, configuration.Output, configuration.Memory);
        using JudgedModel candidate = JudgedModel.Open(context, configuration.Output);
        context.Candidates.Remember(key, candidate.Identity);
        return (plan, outcome);
    }

    /// <summary>The plan of a configuration on a model: of its recipe, from shapes alone; or, with a budget and no recipe, one that is searched for.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="context">The run.</param>
    /// <param name="dense">The dense model.</param>
    /// <exception cref="GateException">Exit 2: neither recipe nor budget, or a budget that is missed.</exception>
    public static CompressionPlan PlanOf(GateConfiguration configuration, RunContext context, JudgedModel dense)
    {
        if (configuration.Recipe is { } recipe)
            return configuration.Places.Refusing(null, () => Compressor.Plan(dense.Model, recipe, configuration.Budget, configuration.Layout));
        if (configuration.Budget is { } budget)
            return RecipePlanning.Plan(budget, configuration.Planning, context, dense).Plan;
        throw GateException.Usage(
            "GATE1007", "no recipe is configured: none of 'recipe.prune', 'recipe.quantize' and 'recipe.remove', and no 'budget' to plan one for",
            configuration.File is null ? null : new SourceLocation(configuration.File),
            "write \"recipe\": { \"quantize\": { \"bits\": 4 } } or \"budget\": { \"bitsPerWeight\": 4.5 }, or judge a finished candidate with 'gate compare'");
    }

    internal static NamedPath RequireModel(GateConfiguration configuration)
    {
        NamedPath model = configuration.Model ?? throw GateException.Usage(
            "GATE1007", "'model' is missing: there is nothing to judge", configuration.File is null ? null : new SourceLocation(configuration.File),
            "write \"model\": \"path/to/model\", or pass --model");
        return model;
    }

    // The names of the tasks come from their definitions, which are read without their data.
    internal static void CheckRules(GateConfiguration configuration)
    {
        ImmutableArray<TaskDefinition> definitions = AskedTask.Definitions(configuration.Suite, configuration.Places);
        RuleCheck.Check(configuration, definitions);
    }

    internal static void CheckOutputs(GateConfiguration configuration, RunContext context, bool withCandidate, bool leavesFolders = true)
    {
        IEnumerable<string> folders = configuration.Reports.All.Select(path => Path.GetDirectoryName(path)!);
        if (withCandidate)
            folders = folders.Append(Path.GetDirectoryName(configuration.Output.Full)!);
        foreach (string folder in folders.Distinct(StringComparer.Ordinal))
            AtomicFile.CheckWritable(folder, ConfigurationReader.Show(folder, context.WorkingFolder), leavesFolders);
        if (configuration.Reports.All.FirstOrDefault(Directory.Exists) is { } taken)
        {
            throw GateException.Input(
                "GATE3101", $"'{ConfigurationReader.Show(taken, context.WorkingFolder)}' cannot be written: a folder is in its place",
                remedy: "remove the folder or name another file under 'reports'");
        }
    }

    /// <summary>The tasks with their items.</summary>
    internal static ImmutableArray<AskedTask> LoadTasks(GateConfiguration configuration, RunContext context, JudgedModel dense)
    {
        if (dense.Tokenizer is null)
        {
            throw GateException.Input(
                "GATE3103", $"the model '{configuration.Model!.Portable}' has no tokenizer.json, so no question can be put to it",
                remedy: "add the model's tokenizer.json; 'gate score --ids' works without one");
        }

        return context.Phase("load tasks", $"loading {configuration.Suite.Tasks.Length} tasks", () =>
        {
            ImmutableArray<AskedTask> tasks = SuiteClusters.Join(AskedTask.Load(configuration.Suite, dense));
            ChatAccount.Tell(configuration.Suite, dense, tasks, context);
            AskedTask.TellExcluded(tasks, context);
            return (tasks, $"{tasks.Sum(task => task.Items.Length)} questions in {tasks.Length} tasks");
        });
    }

    private static GateRunOutcome Judge(
        GateConfiguration configuration, RunContext context, JudgedModel dense, JudgedModel candidate, ImmutableArray<AskedTask> tasks,
        CompressionOutcome? compression)
    {
        // The questions must reach both models as the same tokens; checked before anything is asked.
        if (dense.Identity.TokenizerHash != candidate.Identity.TokenizerHash)
        {
            throw GateException.Input(
                "GATE3102",
                $"dense and candidate have different tokenizers ({Short(dense.Identity.TokenizerHash)} and {Short(candidate.Identity.TokenizerHash)}), so they would not be asked the same questions",
                remedy: "give the candidate the dense model's tokenizer.json, tokenizer_config.json and special_tokens_map.json");
        }

        ChatAccount.TellDifference(configuration.Suite, dense, candidate, context);
        Baseline? baseline = ReadBaseline(configuration);
        if (baseline is not null && baseline.DenseWeights != dense.Identity.WeightsHash)
        {
            context.Note(
                "GATE2034", Severity.Warning,
                $"the dense model ({Short(dense.Identity.WeightsHash)}) is another than when the baseline {configuration.Baseline.Path.Portable} was accepted ({Short(baseline.DenseWeights)}): "
                + "baseline rules still compare candidates with candidates, thresholds compare with another dense model than then");
        }

        candidate.Unload();
        ImmutableDictionary<string, ImmutableArray<ItemResult>> denseAnswers = SuiteEvaluation.Evaluate(context, "dense", dense, tasks);
        ModelInfo denseInfo = dense.Describe();
        dense.Unload();
        SizeInfo size = SizeAccount.Of(dense, candidate, candidate.Describe(), compression, context.CancellationToken);
        EarlyAnswers answers = configuration.EarlyStop
            ? new EarlyEvaluation(context, configuration, candidate, tasks, denseAnswers, ResultsAssembly.MeasuresOf(size), Ratchets(configuration, baseline)).Run()
            : new EarlyAnswers(tasks, denseAnswers, SuiteEvaluation.Evaluate(context, "candidate", candidate, tasks), null);
        var judged = new JudgedRun(
            configuration, answers.Tasks, answers.Dense, answers.Candidate, denseInfo, candidate.Describe(), compression, size, answers.Early, tasks, baseline);
        GateRunOutcome run = context.Phase("verdict", "judging", () =>
        {
            GateRunOutcome outcome = ResultsAssembly.Assemble(judged, context);
            return (outcome, outcome.Results.Verdict.Rules.Length == 1 ? "1 rule judged" : $"{outcome.Results.Verdict.Rules.Length} rules judged");
        });
        return run with { Results = run.Results with { Run = run.Results.Run with { Phases = context.Phases } } };
    }

    // Rules about earlier candidates: the last accepted one, and the first of the chain where it is another.
    private static int Ratchets(GateConfiguration configuration, Baseline? baseline) =>
        !configuration.Baseline.IsRatchet ? 0 : baseline?.FirstCandidateWeights is null ? 1 : 2;

    // Before the work: a file that cannot be used is told then.
    internal static Baseline? ReadBaseline(GateConfiguration configuration) =>
        configuration.Baseline.IsRatchet ? BaselineFile.Read(configuration.Baseline.Path.Full, configuration.Baseline.Path.Portable) : null;

    private static string Short(string hash) => hash.Length == 0 ? "none" : hash[..Math.Min(12, hash.Length)];
}
