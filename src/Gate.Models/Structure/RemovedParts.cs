using System.Collections.Immutable;

namespace Gate.Models.Structure;

/// <summary>What is taken out of a model as a whole: blocks, and experts of the blocks that stay.</summary>
/// <param name="Blocks">Indices of the blocks that go, ascending.</param>
/// <param name="Experts">Indices of the experts that go, by the block they are of, as many of each block that has any.</param>
public sealed record RemovedParts(ImmutableArray<int> Blocks, ImmutableSortedDictionary<int, ImmutableArray<int>> Experts)
{
    /// <summary>The first blocks and experts: a model of the same shapes as any other with as many of them removed.</summary>
    /// <param name="blocks">How many blocks.</param>
    /// <param name="experts">How many experts of each block that has any.</param>
    /// <param name="mixtures">The blocks that have experts.</param>
    public static RemovedParts OfFirst(int blocks, int experts, IEnumerable<int> mixtures) => new(
        [.. Enumerable.Range(0, blocks)],
        experts == 0 ? ImmutableSortedDictionary<int, ImmutableArray<int>>.Empty
            : mixtures.Where(block => block >= blocks).ToImmutableSortedDictionary(block => block, _ => Enumerable.Range(0, experts).ToImmutableArray()));
}
