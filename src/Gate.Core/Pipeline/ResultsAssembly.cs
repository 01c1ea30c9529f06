using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Gate.Compression;
using Gate.Core.Baselines;
using Gate.Core.Caching;
using Gate.Core.Verdicts;
using Gate.Core.Verdicts.SrCr;
using Gate.Diagnostics;
using Gate.Models.Blueprints;
using Gate.Numerics;
using Gate.Results;

namespace Gate.Core.Pipeline;

/// <summary>Makes the results record from the answers.</summary>
internal static class ResultsAssembly
{
    /// <summary>Judges and assembles; pure but for the context's time and notes.</summary>
    public static GateRunOutcome Assemble(JudgedRun run, RunContext context)
    {
        ImmutableArray<ImmutableArray<ItemRecord>> records = [.. run.Tasks.Select(task =>
            ItemPairs.Records(task, run.DenseAnswers[task.Definition.Name], run.CandidateAnswers[task.Definition.Name]).ToImmutableArray())];
        PairedTask[] pairs = [.. run.Tasks.Select((task, i) =>
            ItemPairs.Pair(task, run.Configuration.Suite.Weights.GetValueOrDefault(task.Definition.Name, 1), records[i]))];
        Judgement judgement = VerdictEngine.Judge(pairs, run.Configuration.Thresholds, run.Configuration.Decision, MeasuresOf(run.Size), run.Early, Ratchets(run, records));
        foreach (RunNote note in judgement.Notes)
            context.Note(note.Code, note.Severity == "warning" ? Severity.Warning : Severity.Note, note.Message);
        ImmutableArray<ItemRecord> all = [.. records.SelectMany(task => task)];
        var results = new GateResults
        {
            Run = Describe(run, context),
            Dense = run.Dense,
            Candidate = run.Candidate,
            Compression = run.Compression is { } outcome ? Describe(outcome) : null,
            Size = run.Size,
            Tasks = [.. run.Tasks.Select((task, i) => Describe(task, judgement.Tasks[i], records[i]))],
            Suite = judgement.Suite,
            Verdict = judgement.Verdict,
            Forgotten = ForgottenList.Of(run.Tasks, all),
            Notes = context.Notes,
        };
        return new GateRunOutcome(results, all);
    }

    private static ImmutableArray<RatchetComparison> Ratchets(JudgedRun run, ImmutableArray<ImmutableArray<ItemRecord>> records) => !run.Configuration.Baseline.IsRatchet ? []
        : RatchetRule.Compare(
            run.Configuration.Baseline, run.Baseline,
            [.. run.Tasks.Select((task, i) => new RatchetTask(
                task.Definition.Name, task.Definition.Measure.IsLoss, task.Definition.DefinitionHash, DataHash(task),
                run.Configuration.Suite.Weights.GetValueOrDefault(task.Definition.Name, 1), records[i]))],
            run.Candidate.TokenizerHash);

    /// <summary>What SrCr needs of the sizes, or null when the recipe is unknown.</summary>
    internal static CompressionMeasures? MeasuresOf(SizeInfo size) =>
        size.TheoreticalCompressionRate is { } rate ? new(rate, size.Sparsity, size.Bits) : null;

    private static RunInfo Describe(JudgedRun run, RunContext context)
    {
        DecisionOptions decision = run.Configuration.Decision;
        string version = typeof(ResultsAssembly).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        string? file = run.Configuration.File;
        return new RunInfo
        {
            GateVersion = version.Split('+')[0],
            NumericsRevision = NumericsRevision.Current,
            RunKey = RunKey(run, context),
            Timestamp = context.Start.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture),
            ConfigurationFile = file is null ? "" : Path.IsPathRooted(file) ? Path.GetFileName(file) : file,
            Seed = decision.Seed,
            DecisionRule = decision.Rule,
            Confidence = decision.Confidence,
            OnInconclusive = decision.OnInconclusive,
        };
    }

    // Everything that decides the result, and nothing else: the same question asked of the same models has the same key on any machine.
    private static string RunKey(JudgedRun run, RunContext context) => ContentHash.Of(
        ["gate run 1", $"{NumericsRevision.Current}", run.Dense.WeightsHash, run.Dense.TokenizerHash, run.Candidate.WeightsHash,
         run.Configuration.Decision.ToString(), run.Configuration.EarlyStop ? "early stop" : "all items",
         run.Configuration.Baseline.IsRatchet ? $"ratchet {run.Configuration.Baseline.Margin:R} {run.Configuration.Baseline.TotalMargin:R} {run.Baseline?.RunKey} {run.Baseline?.CandidateWeights} {run.Baseline?.FirstCandidateWeights}" : "",
         // The managed engine is its numerics revision.
         .. context.Engine.IsBitExact ? Array.Empty<string>() : [context.Engine.Identity],
         .. run.Configuration.Thresholds.SelectMany(threshold => new[] { threshold.Key, threshold.Limit.ToString("R", CultureInfo.InvariantCulture) }),
         .. run.PlannedTasks.SelectMany(task => new[] { task.Definition.Name, task.Definition.DefinitionHash, DataHash(task), ContentHash.Of(task.Items.Select(item => item.Cluster ?? "")) })])[..16];

    private static TaskResult Describe(AskedTask task, TaskStatistics statistics, ImmutableArray<ItemRecord> records) => new()
    {
        Name = task.Definition.Name,
        Title = task.Definition.Title,
        Kind = task.Definition.Kind,
        Protocol = task.Definition.Protocol,
        Metric = task.Definition.Metric,
        HigherIsBetter = statistics.HigherIsBetter,
        Items = statistics.Items,
        Clusters = statistics.Clusters,
        DenseScore = statistics.DenseScore,
        CandidateScore = statistics.CandidateScore,
        Chance = statistics.Chance,
        Gateable = statistics.Gateable,
        NotGateableReason = statistics.NotGateableReason,
        Retention = statistics.Retention,
        CorrectedRetention = statistics.CorrectedRetention,
        OtherMetrics = OtherMetrics.Of(records),
        Flips = statistics.Flips,
        DenseInvalid = statistics.DenseInvalid,
        CandidateInvalid = statistics.CandidateInvalid,
        Groups = statistics.Groups,
        Prompt = new PromptInfo(
            task.Definition.Prompt, task.Definition.DefinitionHash, DataHash(task),
            task.Definition.AddsSpecialTokens),
    };

    private static string DataHash(AskedTask task) => ContentHash.Of(task.Items.Select(item => item.Hash));

    private static CompressionInfo Describe(CompressionOutcome outcome) => new()
    {
        Recipe = outcome.RecipeText,
        Layers = [.. outcome.Layers.Select(layer => new LayerInfo
        {
            Name = layer.Layer.Name,
            Role = RoleName(layer.Layer.Role),
            Weights = layer.Layer.WeightCount,
            Bits = layer.Bits,
            GroupSize = layer.GroupSize,
            Sparsity = layer.Sparsity,
            WeightError = layer.WeightError,
            OutputError = layer.OutputError,
            Fallback = layer.Fallback,
        })],
    };

    // AttentionQuery → attention query.
    private static string RoleName(LinearRole role) =>
        string.Concat(role.ToString().Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : " ") + char.ToLowerInvariant(c) : c.ToString()));
}
