using Gate.Models.Batching;

namespace Gate.Models.Tests.Inference;

public sealed class PrefixTreeTests
{
    [Fact]
    public void Every_distinct_prefix_exists_once()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            ReadOnlyMemory<int>[] sequences = RandomSequences(seed);
            PrefixTree tree = new(sequences);
            int distinct = sequences.SelectMany(ids => Enumerable.Range(1, ids.Length).Select(length => string.Join(' ', ids[..length].ToArray()))).Distinct().Count();
            Assert.Equal(distinct, tree.Tokens.Length);
            for (int i = 0; i < sequences.Length; i++)
            {
                for (int position = 0; position < sequences[i].Length; position++)
                    Assert.Equal(sequences[i].Span[position], tree.Tokens[tree.BranchOf(i).TokenAt(position)]);
            }
        }
    }

    // A store of token ids instead of keys: after any cutting into batches, the rows a segment names must hold its own sequence.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void The_rows_of_a_segment_hold_its_whole_sequence(int batchTokens)
    {
        for (int seed = 0; seed < 200; seed++)
        {
            ReadOnlyMemory<int>[] sequences = RandomSequences(seed);
            PrefixTree tree = new(sequences);
            PrefixTreeWalk walk = new(tree, lengthClass: 0);
            int[] store = new int[walk.StoreRows(batchTokens)];
            List<string> seen = [];
            while (walk.Next(batchTokens, out IReadOnlyList<KeyValueRun> kept) is { } batch)
            {
                Assert.InRange(batch.Count, 1, batchTokens);
                Compact(store, kept);
                foreach (Segment segment in batch.Segments)
                    batch.Tokens.Slice(segment.FirstToken, segment.Count).CopyTo(store.AsSpan(segment.StoreRow));
                foreach (Segment segment in batch.Segments)
                {
                    int[] sequence = [.. segment.Runs.ToArray().SelectMany(run => store.Skip(run.FirstRow).Take(run.Count))];
                    Assert.Equal(segment.StartPosition + segment.Count, sequence.Length);
                    seen.AddRange(Enumerable.Range(segment.StartPosition + 1, segment.Count).Select(length => string.Join(' ', sequence[..length])));
                }
            }

            Assert.Equal(
                sequences.SelectMany(ids => Enumerable.Range(1, ids.Length).Select(length => string.Join(' ', ids[..length].ToArray())))
                    .Distinct().Order(StringComparer.Ordinal),
                seen.Order(StringComparer.Ordinal));
        }
    }

    private static void Compact(int[] store, IReadOnlyList<KeyValueRun> kept)
    {
        int row = 0;
        foreach (KeyValueRun run in kept)
        {
            Assert.True(run.FirstRow >= row);
            Array.Copy(store, run.FirstRow, store, row, run.Count);
            row += run.Count;
        }
    }

    private static ReadOnlyMemory<int>[] RandomSequences(int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, 1 + random.Next(12)).Select(_ =>
            (ReadOnlyMemory<int>)Enumerable.Range(0, 1 + random.Next(9)).Select(_ => random.Next(3)).ToArray())];
    }
}
