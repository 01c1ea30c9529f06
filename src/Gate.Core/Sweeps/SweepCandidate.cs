using System.Collections.Immutable;
using Gate.Compression;
using Gate.Compression.Recipes;
using Gate.Core.Configuration;
using Gate.Core.Planning;
using Gate.Core.Verdicts;
using Gate.Core.Verdicts.SrCr;
using Gate.Evaluation.Tasks;
using Gate.Results;

namespace Gate.Core.Sweeps;

/// <summary>What is known of a candidate so far.</summary>
internal sealed class SweepCandidate(SweepCell cell, NamedPath folder)
{
    public SweepCell Cell { get; } = cell;

    public NamedPath Folder { get; } = folder;

    public double WeightError { get; set; } = double.NaN;

    public CompressionMeasures? Measures { get; set; }

    public Divergence? Divergence { get; set; }

    public Estimate? Kept { get; set; }

    /// <summary>What it was asked so far, by task.</summary>
    public ImmutableDictionary<string, ImmutableArray<ItemResult>> Answers { get; set; } = ImmutableDictionary<string, ImmutableArray<ItemResult>>.Empty;

    /// <summary>Which questions of the search split it answered right, as far as it was asked; null before that rung.</summary>
    public ImmutableDictionary<(string Task, string Item), bool>? Right { get; set; }

    /// <summary>Its score on the search split, or on the part of it that showed it below the floor.</summary>
    public Judgement? Score { get; set; }

    public int? DroppedAt { get; private set; }

    public string? BeatenBy { get; private set; }

    public bool IsIn => DroppedAt is null;

    /// <summary>Whether it is on the frontier still, but was asked enough to say that it will not be recommended.</summary>
    public bool IsSettled { get; set; }

    public void Drop(int rung, SweepCandidate beatenBy) => (DroppedAt, BeatenBy) = (rung, beatenBy.Cell.Name);

    public void Learn(CompressionOutcome outcome)
    {
        WeightError = outcome.Layers.Sum(layer => layer.WeightError * layer.Layer.WeightCount) / outcome.Layers.Sum(layer => layer.Layer.WeightCount);
        Measures = new CompressionMeasures(outcome.TheoreticalCompressionRate, outcome.Sparsity, outcome.Bits);
    }

    public SweepResult Describe() => new(
        Cell.Name, NamedScope.Of(Cell.Scope).Name, Cell.Sparsity, Cell.Bits, Cell.Plan.TheoreticalCompressionRate, Cell.Plan.BitsPerWeight, Cell.MaskedBits, Cell.Plan.PackedBytes,
        WeightError, Divergence, Kept, Score?.Suite.SemanticRetention, Score?.Suite.SrCr, DroppedAt, BeatenBy)
    {
        Planned = Cell.Planned,
        Questions = Score?.Suite.Items,
    };
}
