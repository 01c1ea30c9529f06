using System.Collections.Immutable;

namespace Gate.Results;

/// <summary>
/// The whole of a run: what <c>results.json</c> holds and every report is rendered from. Nothing in it depends on the machine but
/// <see cref="Environment"/>.
/// </summary>
public sealed record GateResults
{
    /// <summary>Version of this document; readers accept older ones.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>Gate's version and arithmetic, and what the run was asked.</summary>
    public required RunInfo Run { get; init; }

    /// <summary>The dense model.</summary>
    public required ModelInfo Dense { get; init; }

    /// <summary>The candidate, as read back from disk.</summary>
    public required ModelInfo Candidate { get; init; }

    /// <summary>How the candidate was made, or null when it was made elsewhere.</summary>
    public CompressionInfo? Compression { get; init; }

    /// <summary>Sizes, theoretical and real.</summary>
    public required SizeInfo Size { get; init; }

    /// <summary>Each task with its scores, retention, interval and flips; in suite order.</summary>
    public required ImmutableArray<TaskResult> Tasks { get; init; }

    /// <summary>The suite as a whole.</summary>
    public required SuiteResult Suite { get; init; }

    /// <summary>The verdict: every configured rule exactly once.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Items the dense model answered right and the candidate wrong, largest dense margin first; complete.</summary>
    public required ImmutableArray<ForgottenItem> Forgotten { get; init; }

    /// <summary>Warnings and notes of the run.</summary>
    public ImmutableArray<RunNote> Notes { get; init; } = [];
}

/// <summary>Where and how the run was made.</summary>
public sealed record RunInfo
{
    /// <summary>Version of Gate.</summary>
    public required string GateVersion { get; init; }

    /// <summary>Revision of the arithmetic.</summary>
    public required int NumericsRevision { get; init; }

    /// <summary>Short hash of everything that decides the result (configuration, models, suite, Gate's arithmetic).</summary>
    public required string RunKey { get; init; }

    /// <summary>UTC start time as <c>yyyy-MM-ddTHH:mm:ss</c>; from SOURCE_DATE_EPOCH when that is set.</summary>
    public required string Timestamp { get; init; }

    /// <summary>Wall-clock seconds of the phases, in order: name and seconds. Left out (empty) when SOURCE_DATE_EPOCH is set.</summary>
    public ImmutableArray<PhaseTime> Phases { get; init; } = [];

    /// <summary>Configuration file relative to the working folder, <c>/</c> separators; empty when there was none.</summary>
    public required string ConfigurationFile { get; init; }

    /// <summary>Seed of the item order and of resampling.</summary>
    public required long Seed { get; init; }

    /// <summary>The decision rule: <c>confidence</c> or <c>point</c>.</summary>
    public required string DecisionRule { get; init; }

    /// <summary>One-sided confidence of the decision, for example 0.95.</summary>
    public required double Confidence { get; init; }

    /// <summary>What an inconclusive verdict does: <c>fail</c> (exit 3) or <c>warn</c> (exit 0 with a warning).</summary>
    public required string OnInconclusive { get; init; }
}

/// <summary>Seconds spent in a phase.</summary>
public sealed record PhaseTime(string Name, double Seconds);

/// <summary>A model as it was judged.</summary>
public sealed record ModelInfo
{
    /// <summary>The folder as the user wrote it.</summary>
    public required string Path { get; init; }

    /// <summary>Architecture family.</summary>
    public required string Family { get; init; }

    /// <summary>Parameters (weights of all tensors).</summary>
    public required long Parameters { get; init; }

    /// <summary>SHA-256 of the weights.</summary>
    public required string WeightsHash { get; init; }

    /// <summary>SHA-256 of the tokenizer; empty without one.</summary>
    public required string TokenizerHash { get; init; }

    /// <summary>Bytes of the weight files.</summary>
    public required long FileBytes { get; init; }
}

/// <summary>How the candidate was made.</summary>
public sealed record CompressionInfo
{
    /// <summary>The recipe in one line, for example <c>magnitude 25 % (layer) + rtn 4 bit, group 64, symmetric</c>.</summary>
    public required string Recipe { get; init; }

    /// <summary>What happened to each compressed layer, in model order.</summary>
    public required ImmutableArray<LayerInfo> Layers { get; init; }
}

/// <summary>One compressed layer.</summary>
public sealed record LayerInfo
{
    /// <summary>Module name.</summary>
    public required string Name { get; init; }

    /// <summary>Role in words, for example <c>attention query</c>.</summary>
    public required string Role { get; init; }

    /// <summary>Number of weights.</summary>
    public required long Weights { get; init; }

    /// <summary>Bits per kept weight (16 when not quantised).</summary>
    public required double Bits { get; init; }

    /// <summary>Group size of the quantisation along the inputs; 0 when per channel or not quantised.</summary>
    public required int GroupSize { get; init; }

    /// <summary>Realised share of zero weights.</summary>
    public required double Sparsity { get; init; }

    /// <summary>Relative squared error of the weights, ‖W − Ŵ‖² / ‖W‖².</summary>
    public required double WeightError { get; init; }

    /// <summary>Relative squared error of the layer's output on calibration inputs; null without calibration.</summary>
    public double? OutputError { get; init; }

    /// <summary>What had to be done instead of the recipe, or null.</summary>
    public string? Fallback { get; init; }
}

/// <summary>Sizes. Theory and bytes stand side by side.</summary>
public sealed record SizeInfo
{
    /// <summary>TCr, theoretical compression rate over the compressed layers; null when the candidate's recipe is unknown.</summary>
    public double? TheoreticalCompressionRate { get; init; }

    /// <summary>Realised share of zeros over the compressed layers; null when unknown.</summary>
    public double? Sparsity { get; init; }

    /// <summary>Mean bits per kept weight over the compressed layers; null when unknown.</summary>
    public double? Bits { get; init; }

    /// <summary>Bytes of all dense tensors at 16 bit.</summary>
    public required long DenseBytes16 { get; init; }

    /// <summary>Bytes of the candidate's weight files on disk.</summary>
    public required long CandidateFileBytes { get; init; }

    /// <summary>Bytes the candidate's weights need in its recipe's packed form (codes, scales, zeros, untouched tensors at 16 bit).</summary>
    public required long CandidatePackedBytes { get; init; }

    /// <summary>Bits per weight of the compressed layers in packed form, scales and zeros included.</summary>
    public required double BitsPerWeight { get; init; }
}

/// <summary>A ratio or difference with its one-sided bounds at the run's confidence.</summary>
/// <param name="Value">Point estimate, unrounded.</param>
/// <param name="Lower">Lower one-sided bound.</param>
/// <param name="Upper">Upper one-sided bound.</param>
public sealed record Estimate(double Value, double Lower, double Upper);

/// <summary>One task, dense against candidate on the same items.</summary>
public sealed record TaskResult
{
    /// <summary>Task name as configured, for example <c>factoid-qa</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Title for people.</summary>
    public required string Title { get; init; }

    /// <summary>Kind: <c>cloze</c>, <c>closed-book-qa</c>, <c>multiple-choice</c>, <c>in-context-qa</c>, <c>perplexity</c>, …</summary>
    public required string Kind { get; init; }

    /// <summary>Protocol id and version, for example <c>gate/factoid-qa@1</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>The metric that decides, for example <c>exact_match</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>Whether larger values of the metric are better.</summary>
    public required bool HigherIsBetter { get; init; }

    /// <summary>Items scored by both models.</summary>
    public required int Items { get; init; }

    /// <summary>Clusters of items (relations, passages); equals <see cref="Items"/> without clusters.</summary>
    public required int Clusters { get; init; }

    /// <summary>Mean score of the dense model (perplexity for perplexity tasks).</summary>
    public required double DenseScore { get; init; }

    /// <summary>Mean score of the candidate.</summary>
    public required double CandidateScore { get; init; }

    /// <summary>Mean chance level of the items.</summary>
    public required double Chance { get; init; }

    /// <summary>Whether the dense score is clearly above chance; when false the task says nothing about forgetting and stays out of Sr.</summary>
    public required bool Gateable { get; init; }

    /// <summary>Why the task is not gateable, or null.</summary>
    public string? NotGateableReason { get; init; }

    /// <summary>Candidate over dense, uncorrected.</summary>
    public required Estimate Retention { get; init; }

    /// <summary>(candidate − chance) / (dense − chance), not below 0; equals dense/candidate for perplexity.</summary>
    public required Estimate CorrectedRetention { get; init; }

    /// <summary>Other metrics of the task by name: dense and candidate mean.</summary>
    public ImmutableArray<MetricPair> OtherMetrics { get; init; } = [];

    /// <summary>Right → right, right → wrong (forgotten), wrong → right (gained), wrong → wrong; null for graded tasks.</summary>
    public FlipTable? Flips { get; init; }

    /// <summary>Items whose score was not finite or not usable, per model.</summary>
    public required int DenseInvalid { get; init; }

    /// <summary>Items whose score was not finite or not usable, per model.</summary>
    public required int CandidateInvalid { get; init; }

    /// <summary>The same numbers by group (relation, category), largest loss first; empty without groups.</summary>
    public ImmutableArray<GroupResult> Groups { get; init; } = [];

    /// <summary>How the questions were asked: the template with placeholders, and hashes.</summary>
    public required PromptInfo Prompt { get; init; }
}

/// <summary>A metric on both models.</summary>
public sealed record MetricPair(string Name, double Dense, double Candidate);

/// <summary>The paired outcomes of a task.</summary>
/// <param name="Kept">Right before and after.</param>
/// <param name="Forgotten">Right before, wrong now.</param>
/// <param name="Gained">Wrong before, right now.</param>
/// <param name="NeverKnown">Wrong before and after.</param>
public sealed record FlipTable(int Kept, int Forgotten, int Gained, int NeverKnown)
{
    /// <summary>Forgotten over all that was right before; 0 when nothing was.</summary>
    public double ForgottenShare => Kept + Forgotten == 0 ? 0 : (double)Forgotten / (Kept + Forgotten);
}

/// <summary>One group of a task's items.</summary>
public sealed record GroupResult(string Name, int Items, double DenseScore, double CandidateScore, int Forgotten, int Gained);

/// <summary>How a task asks.</summary>
/// <param name="Template">The prompt with placeholders, as in the task file.</param>
/// <param name="TemplateHash">SHA-256 of the template and scoring options.</param>
/// <param name="DataHash">SHA-256 of the items used, in order.</param>
/// <param name="AddsSpecialTokens">Whether the tokenizer's special tokens were added to prompts.</param>
public sealed record PromptInfo(string Template, string TemplateHash, string DataHash, bool AddsSpecialTokens);

/// <summary>The suite as a whole.</summary>
public sealed record SuiteResult
{
    /// <summary>Sr: weighted mean over gateable tasks of min(corrected retention, 1).</summary>
    public required Estimate SemanticRetention { get; init; }

    /// <summary>The same without the cap at 1.</summary>
    public required double SemanticRetentionUncapped { get; init; }

    /// <summary>SrCr by <see cref="FormulaId"/>; null when TCr is unknown.</summary>
    public Estimate? SrCr { get; init; }

    /// <summary>Id of the SrCr formula in force, for example <c>srcr-product/1</c>.</summary>
    public required string FormulaId { get; init; }

    /// <summary>The formula in words and symbols, for example <c>Sr · TCr</c>.</summary>
    public required string Formula { get; init; }

    /// <summary>Items scored over all tasks.</summary>
    public required int Items { get; init; }

    /// <summary>Tasks that are in Sr.</summary>
    public required ImmutableArray<string> IncludedTasks { get; init; }

    /// <summary>Tasks that are not in Sr, with the reason.</summary>
    public required ImmutableArray<ExcludedTask> ExcludedTasks { get; init; }
}

/// <summary>A task outside Sr.</summary>
public sealed record ExcludedTask(string Name, string Reason);

/// <summary>The four states of a rule, and of the verdict.</summary>
public enum VerdictState
{
    /// <summary>Shown to hold.</summary>
    Pass,

    /// <summary>Shown to be breached.</summary>
    Fail,

    /// <summary>Neither shown to hold nor to be breached.</summary>
    Inconclusive,

    /// <summary>Could not be evaluated: never a pass.</summary>
    NotMeasured,
}

/// <summary>The verdict and its rules. Exit code, JUnit counts, Markdown and JSON all come from this value.</summary>
/// <param name="State">Fail if any rule fails, else not measured if any is not measured, else inconclusive if any is, else pass.</param>
/// <param name="ExitCode">The process exit code this verdict means under the run's onInconclusive setting.</param>
/// <param name="Summary">One sentence for a person.</param>
/// <param name="Rules">Every configured threshold exactly once, in configuration order.</param>
public sealed record Verdict(VerdictState State, int ExitCode, string Summary, ImmutableArray<RuleResult> Rules);

/// <summary>One threshold, judged.</summary>
public sealed record RuleResult
{
    /// <summary>The rule's path in the configuration, for example <c>thresholds.tasks.factoid-qa.retention</c>.</summary>
    public required string Key { get; init; }

    /// <summary>The task the rule is about, or null for the suite.</summary>
    public string? Task { get; init; }

    /// <summary>What is measured, for example <c>retention</c>, <c>srcr</c>, <c>maxForgotten</c>, <c>perplexityRatio</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>Whether the value must be at least (true) or at most (false) the limit.</summary>
    public required bool AtLeast { get; init; }

    /// <summary>The configured limit.</summary>
    public required double Limit { get; init; }

    /// <summary>Measured value with bounds; null when not measured.</summary>
    public Estimate? Measured { get; init; }

    /// <summary>State of this rule.</summary>
    public required VerdictState State { get; init; }

    /// <summary>The diagnostic code when the state is not pass, for example <c>GATE2001</c>; empty on pass.</summary>
    public required string Code { get; init; }

    /// <summary>A sentence that says why, with value, interval, limit and counts.</summary>
    public required string Reason { get; init; }

    /// <summary>Items behind the rule.</summary>
    public required int Items { get; init; }

    /// <summary>Right → wrong among them.</summary>
    public required int Forgotten { get; init; }

    /// <summary>Wrong → right among them.</summary>
    public required int Gained { get; init; }

    /// <summary>About how many more items would decide; null unless inconclusive.</summary>
    public int? MoreItemsToDecide { get; init; }

    /// <summary>Configuration file of the rule, relative, <c>/</c> separators; null when it is a default.</summary>
    public string? File { get; init; }

    /// <summary>Line in that file, from 1; 0 when unknown.</summary>
    public int Line { get; init; }

    /// <summary>Column in that file, from 1; 0 when unknown.</summary>
    public int Column { get; init; }
}

/// <summary>Something the candidate forgot.</summary>
public sealed record ForgottenItem
{
    /// <summary>Task name.</summary>
    public required string Task { get; init; }

    /// <summary>The item's stable id.</summary>
    public required string Id { get; init; }

    /// <summary>Group (relation, category), or null.</summary>
    public string? Group { get; init; }

    /// <summary>The question or prompt, as asked (without shots).</summary>
    public required string Question { get; init; }

    /// <summary>The expected answer.</summary>
    public required string Expected { get; init; }

    /// <summary>What the dense model answered.</summary>
    public required string DenseAnswer { get; init; }

    /// <summary>What the candidate answered.</summary>
    public required string CandidateAnswer { get; init; }

    /// <summary>The dense model's margin in nats (gold minus best other, or log-probability of its answer); null when there is none.</summary>
    public double? DenseMargin { get; init; }
}

/// <summary>A warning or note of the run.</summary>
public sealed record RunNote(string Code, string Severity, string Message);

/// <summary>One line of <c>items.jsonl</c>: one question, both models.</summary>
public sealed record ItemRecord
{
    /// <summary>Task name.</summary>
    public required string Task { get; init; }

    /// <summary>The item's stable id.</summary>
    public required string Id { get; init; }

    /// <summary>Cluster the item belongs to, or null.</summary>
    public string? Cluster { get; init; }

    /// <summary>Group for reporting, or null.</summary>
    public string? Group { get; init; }

    /// <summary>The question or prompt, as asked.</summary>
    public required string Question { get; init; }

    /// <summary>The expected answer.</summary>
    public required string Expected { get; init; }

    /// <summary>Chance level of the item.</summary>
    public required double Chance { get; init; }

    /// <summary>The dense model's outcome.</summary>
    public required ItemOutcome Dense { get; init; }

    /// <summary>The candidate's outcome.</summary>
    public required ItemOutcome Candidate { get; init; }
}

/// <summary>One model's outcome on one item.</summary>
public sealed record ItemOutcome
{
    /// <summary>The deciding score: 0 or 1 for right/wrong tasks, otherwise the graded value (for perplexity: summed negative log-likelihood).</summary>
    public required double Score { get; init; }

    /// <summary>Weight of the item (scored tokens for perplexity, otherwise 1).</summary>
    public double Weight { get; init; } = 1;

    /// <summary>What the model answered.</summary>
    public required string Answer { get; init; }

    /// <summary>Margin in nats, or null.</summary>
    public double? Margin { get; init; }

    /// <summary>Other metrics by name.</summary>
    public ImmutableSortedDictionary<string, double> Metrics { get; init; } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Whether the outcome could not be used (not finite, unparsable); it then counts as wrong.</summary>
    public bool Invalid { get; init; }
}
