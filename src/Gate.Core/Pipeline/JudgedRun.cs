using System.Collections.Immutable;
using Gate.Compression;
using Gate.Core.Baselines;
using Gate.Core.Configuration;
using Gate.Core.Verdicts.EarlyStopping;
using Gate.Evaluation.Tasks;
using Gate.Results;

namespace Gate.Core.Pipeline;

/// <summary>Everything the verdict and the results are made from.</summary>
/// <param name="Configuration">The configuration.</param>
/// <param name="Tasks">The tasks with their items.</param>
/// <param name="DenseAnswers">The dense model's results by task.</param>
/// <param name="CandidateAnswers">The candidate's results by task.</param>
/// <param name="Dense">The dense model.</param>
/// <param name="Candidate">The candidate.</param>
/// <param name="Compression">How the candidate was made, or null.</param>
/// <param name="Size">Sizes.</param>
/// <param name="Early">What was shown before all items were asked, or null.</param>
/// <param name="Baseline">The last accepted candidate; null when there is none or none is asked for.</param>
/// <param name="PlannedTasks">The tasks with all their items, also those an early stop left out.</param>
internal sealed record JudgedRun(
    GateConfiguration Configuration, ImmutableArray<AskedTask> Tasks,
    ImmutableDictionary<string, ImmutableArray<ItemResult>> DenseAnswers, ImmutableDictionary<string, ImmutableArray<ItemResult>> CandidateAnswers,
    ModelInfo Dense, ModelInfo Candidate, CompressionOutcome? Compression, SizeInfo Size, EarlyOutcome? Early,
    ImmutableArray<AskedTask> PlannedTasks, Baseline? Baseline);
