using System.Collections.Immutable;
using Gate.Diagnostics;

namespace Gate.Core.Verdicts;

/// <summary>A configured threshold.</summary>
/// <param name="Key">Its path in the configuration: <c>thresholds.retention</c>, <c>thresholds.srcr</c>, <c>thresholds.perplexityRatio</c>,
/// <c>thresholds.tasks.NAME.retention</c>, <c>thresholds.tasks.NAME.maxForgotten</c>, <c>thresholds.tasks.NAME.perplexityRatio</c>,
/// <c>thresholds.maxForgotten</c>.</param>
/// <param name="Metric">The last segment of the key.</param>
/// <param name="Task">Task name, or null for the whole suite.</param>
/// <param name="Limit">The limit, unrounded.</param>
/// <param name="Location">Where it is configured, or null for a default.</param>
public sealed record Threshold(string Key, string Metric, string? Task, double Limit, SourceLocation? Location);

/// <summary>How to decide.</summary>
/// <param name="Rule"><c>confidence</c> or <c>point</c>.</param>
/// <param name="Confidence">One-sided confidence, for example 0.95.</param>
/// <param name="OnInconclusive"><c>fail</c> (exit 3) or <c>warn</c> (exit 0).</param>
/// <param name="Seed">Seed of resampling.</param>
/// <param name="MaximumInvalidShare">Share of unusable items above which a task is not measured.</param>
/// <param name="GateableMargin">How far the lower bound of the dense score must lie above chance.</param>
/// <param name="SrCrFormula">Id of the SrCr formula.</param>
/// <param name="Resamples">Bootstrap resamples for Sr.</param>
/// <param name="UnseenClusters"><see cref="RefuseUnseen"/> or <see cref="AcceptUnseen"/>: whether a limit on forgetting must hold whatever the correlation within clusters.</param>
public sealed record DecisionOptions(
    string Rule = "confidence", double Confidence = 0.95, string OnInconclusive = "fail", long Seed = 7,
    double MaximumInvalidShare = 0.01, double GateableMargin = 0.02, string SrCrFormula = "srcr-product/1",
    int Resamples = 10_000, string UnseenClusters = DecisionOptions.RefuseUnseen)
{
    /// <summary>A limit on forgetting is shown only if it holds even when clusters that no sample has shown may be lost whole.</summary>
    public const string RefuseUnseen = "refuse";

    /// <summary>A limit on forgetting is shown where losses are as little correlated as the sample says; a pass carries GATE2190.</summary>
    public const string AcceptUnseen = "accept";
}

/// <summary>One question answered by both models.</summary>
/// <param name="Id">Item id.</param>
/// <param name="Cluster">Cluster for the statistics; null = a cluster of its own.</param>
/// <param name="Group">Group for the report.</param>
/// <param name="Chance">Chance level of the item.</param>
/// <param name="Dense">Dense score (0/1, graded, or negative log-likelihood).</param>
/// <param name="Candidate">Candidate score.</param>
/// <param name="Weight">Scored tokens for perplexity, otherwise 1.</param>
/// <param name="DenseInvalid">The dense outcome could not be used.</param>
/// <param name="CandidateInvalid">The candidate outcome could not be used.</param>
public sealed record PairedItem(
    string Id, string? Cluster, string? Group, double Chance, double Dense, double Candidate, double Weight, bool DenseInvalid, bool CandidateInvalid);

/// <summary>A task's pairs.</summary>
/// <param name="Name">Task name.</param>
/// <param name="IsPerplexity">Scores are negative log-likelihoods; otherwise higher is better.</param>
/// <param name="SuiteWeight">Weight in Sr, default 1.</param>
/// <param name="Items">All pairs.</param>
public sealed record PairedTask(string Name, bool IsPerplexity, double SuiteWeight, ImmutableArray<PairedItem> Items);
