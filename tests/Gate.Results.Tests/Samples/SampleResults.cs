using System.Collections.Immutable;
using Gate.Results;

namespace Gate.Tests.Samples;

/// <summary>Complete results of runs that never happened, realistic in shape and size; each test varies the part it is about.</summary>
internal static class SampleResults
{
    /// <summary>A candidate that keeps what it must.</summary>
    public static GateResults Pass { get; } = Create(VerdictState.Pass);

    /// <summary>Retention breached over the suite and in one task, other rules fine, one undecided.</summary>
    public static GateResults Fail { get; } = Create(VerdictState.Fail);

    /// <summary>Too few items to decide.</summary>
    public static GateResults Inconclusive { get; } = Create(VerdictState.Inconclusive);

    /// <summary>A metric that could not be computed.</summary>
    public static GateResults NotMeasured { get; } = Create(VerdictState.NotMeasured);

    /// <summary>The breached run with every text that a model, a data file or a user supplies replaced.</summary>
    public static GateResults Hostile(string text) => Fail with
    {
        Forgotten = [.. Fail.Forgotten.Select(item => item with
        {
            Question = text, Expected = text, DenseAnswer = text, CandidateAnswer = text, Group = text, Id = text,
        })],
        Tasks = [.. Fail.Tasks.Select(task => task with
        {
            Title = text, NotGateableReason = task.NotGateableReason is null ? null : text, Prompt = task.Prompt with { Template = text },
            Groups = [.. task.Groups.Select(group => group with { Name = text })],
        })],
        Verdict = Fail.Verdict with { Summary = text, Rules = [.. Fail.Verdict.Rules.Select(rule => rule with { Reason = text })] },
        Suite = Fail.Suite with { ExcludedTasks = [new ExcludedTask("calculus", text)], Formula = text },
        Dense = Fail.Dense with { Path = text },
        Candidate = Fail.Candidate with { Path = text },
        Compression = Fail.Compression! with
        {
            Recipe = text,
            Layers = [.. Fail.Compression!.Layers.Select(layer => layer with { Name = text, Role = text, Fallback = text })],
        },
        Notes = [new RunNote("GATE4001", "warning", text)],
    };

    private static GateResults Create(VerdictState state)
    {
        double loss = state is VerdictState.Fail ? 0.09 : state is VerdictState.Inconclusive ? 0.045 : 0.01;
        ImmutableArray<TaskResult> tasks = SampleTasks.Create(loss);
        Estimate retention = new(1 - loss, 1 - loss - 0.016, 1 - loss + 0.015);
        return new GateResults
        {
            Run = new RunInfo
            {
                GateVersion = "0.1.0",
                NumericsRevision = 3,
                RunKey = "4f1c09d2",
                Timestamp = "2026-01-31T10:15:00",
                Phases = [new PhaseTime("compress", 12.25), new PhaseTime("evaluate", 31.5)],
                ConfigurationFile = "gate.json",
                Seed = 7,
                DecisionRule = "confidence",
                Confidence = 0.95,
                OnInconclusive = "fail",
            },
            Dense = Model("models/facts-llama", 'a', 11_534_336),
            Candidate = Model("out/candidate", 'b', 8_650_752),
            Compression = new CompressionInfo
            {
                Recipe = "magnitude 25 % (layer) + rtn 4 bit, group 64, symmetric",
                Layers = SampleTasks.Layers(),
            },
            Size = new SizeInfo
            {
                TheoreticalCompressionRate = 0.8125,
                Sparsity = 0.25,
                Bits = 4,
                DenseBytes16 = 11_534_336,
                CandidateFileBytes = 11_534_720,
                CandidatePackedBytes = 3_204_448,
                BitsPerWeight = 4.25,
                BitmaskBytes = 766_976,
                BitmaskSavedBytes = 720_896,
            },
            Tasks = tasks,
            Suite = new SuiteResult
            {
                SemanticRetention = retention,
                SemanticRetentionUncapped = retention.Value + 0.004,
                SrCr = new Estimate(0.8125 * retention.Value, 0.8125 * retention.Lower, 0.8125 * retention.Upper),
                FormulaId = "srcr-product/1",
                Formula = "Sr · TCr",
                Items = tasks.Sum(task => task.Items),
                IncludedTasks = ["lama-cloze", "factoid-qa", "heldout"],
                ExcludedTasks = [new ExcludedTask("mcqa", "dense score 0.262 is not clearly above chance 0.250")],
            },
            Verdict = SampleVerdicts.Create(state, retention),
            Forgotten = SampleTasks.Forgotten(state is VerdictState.Fail ? 37 : 4),
            Notes = [new RunNote("GATE5007", "warning", "task mcqa is not clearly above chance and says nothing about forgetting")],
        };
    }

    private static ModelInfo Model(string path, char digit, long bytes) => new()
    {
        Path = path,
        Family = "llama",
        Parameters = 5_767_168,
        WeightsHash = new string(digit, 64),
        TokenizerHash = new string('c', 64),
        FileBytes = bytes,
    };
}
