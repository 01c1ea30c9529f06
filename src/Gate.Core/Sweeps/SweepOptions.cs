using System.Collections.Immutable;
using Gate.Compression.Recipes;
using Gate.Core.Configuration;

namespace Gate.Core.Sweeps;

/// <summary>What a sweep tries, and how it decides.</summary>
public sealed record SweepOptions
{
    /// <summary>Pruning methods.</summary>
    public ImmutableArray<string> Prune { get; init; } = ["magnitude"];

    /// <summary>Quantisation methods.</summary>
    public ImmutableArray<string> Quantize { get; init; } = ["rtn"];

    /// <summary>Shares of zeros or N:M patterns.</summary>
    public ImmutableArray<SweepZeros> Zeros { get; init; } = [new(0, null), new(0.25, null), new(0.5, null), new(0.75, null)];

    /// <summary>Bits per kept weight; 16 is no quantisation.</summary>
    public ImmutableArray<int> Bits { get; init; } = [3, 4, 8, 16];

    /// <summary>Inputs that share a scale; null is one scale per output channel.</summary>
    public int? GroupSize { get; init; } = 32;

    /// <summary>Layers by role.</summary>
    public ImmutableArray<ScopeKind> Scopes { get; init; } = [ScopeKind.All, ScopeKind.Attention, ScopeKind.FeedForward];

    /// <summary>Budgets for which recipes are planned and swept beside the grid.</summary>
    public ImmutableArray<SweepBudget> Plans { get; init; } = [];

    /// <summary>Least lower bound of Sr a recommended recipe may have.</summary>
    public double Floor { get; init; } = 0.95;

    /// <summary>Tokens of the first look.</summary>
    public int Tokens { get; init; } = 2048;

    /// <summary>Items of the second look.</summary>
    public int Items { get; init; } = 150;

    /// <summary>Whether every candidate is asked everything, none dropped.</summary>
    public bool Exhaustive { get; init; }

    /// <summary>Folder of the report and of the candidates.</summary>
    public required NamedPath Output { get; init; }
}

/// <summary>How many zeros.</summary>
/// <param name="Sparsity">Share of zeros; 0 with a pattern.</param>
/// <param name="Pattern">N:M pattern, or null.</param>
public sealed record SweepZeros(double Sparsity, NmPattern? Pattern)
{
    /// <summary>Whether nothing is pruned.</summary>
    public bool IsNone => Sparsity == 0 && Pattern is null;

    /// <summary>Share of zeros, of a pattern too.</summary>
    public double Share => Pattern is { } pattern ? (double)pattern.Zeros / pattern.Group : Sparsity;
}
