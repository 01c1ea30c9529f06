using System.Collections.Immutable;
using Gate.Core.Verdicts.EarlyStopping;
using Gate.Evaluation.Tasks;

namespace Gate.Core.Pipeline.EarlyStopping;

/// <summary>The answers a verdict is made from.</summary>
/// <param name="Tasks">The tasks with the items that were asked of both models; all items unless the run was stopped.</param>
/// <param name="Dense">The dense model's answers to these items.</param>
/// <param name="Candidate">The candidate's answers.</param>
/// <param name="Early">What was shown while the run went on, or null when nobody looked before the end.</param>
internal sealed record EarlyAnswers(
    ImmutableArray<AskedTask> Tasks, ImmutableDictionary<string, ImmutableArray<ItemResult>> Dense,
    ImmutableDictionary<string, ImmutableArray<ItemResult>> Candidate, EarlyOutcome? Early);
