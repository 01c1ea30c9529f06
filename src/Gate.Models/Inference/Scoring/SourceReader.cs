using Gate.Models.Batching;
using Gate.Models.Engines;
using Gate.Models.Runtime;

namespace Gate.Models.Inference.Scoring;

/// <summary>Lets the encoder of an encoder–decoder read sources, each distinct one once, and keeps what the decoder's attention needs of them.</summary>
internal sealed class SourceReader(ModelRunner runner, IComputeEngine engine, BatchLimit limit)
{
    // Tokens whose keys and values are kept together: some batches of the decoder can be filled from them.
    private const int BatchesKept = 8;

    private readonly KeyValueStore _scratch = engine.AllocateStore(runner.EncoderStoreShape);

    /// <summary>Keys and values of what was read last.</summary>
    public KeyValueStore Memory { get; } = engine.AllocateStore(runner.MemoryShape);

    /// <summary>Tokens that went through the encoder so far.</summary>
    public long TokensComputed { get; private set; }

    /// <summary>Reads the sources of members, as many at a time as the memory keeps.</summary>
    /// <param name="members">Indices.</param>
    /// <param name="sourceOf">The source of a member.</param>
    /// <param name="cancellationToken">Checked before every batch.</param>
    /// <returns>Members whose sources are in the memory, until the next are asked for.</returns>
    public IEnumerable<SourceChunk> Read(int[] members, Func<int, ReadOnlyMemory<int>> sourceOf, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<int>[] sources = [.. members.Select(sourceOf)];
        List<int> chunk = [], groups = [];
        List<ReadOnlyMemory<int>> distinct = [];
        long tokens = 0;
        foreach (int index in PrefixTree.LexicographicOrder(sources))
        {
            if (distinct.Count == 0 || !distinct[^1].Span.SequenceEqual(sources[index].Span))
            {
                if (distinct.Count > 0 && tokens + sources[index].Length > (long)BatchesKept * limit.Tokens)
                {
                    yield return Keep([.. chunk], [.. groups], distinct, cancellationToken);
                    (tokens, chunk, groups, distinct) = (0, [], [], []);
                }

                distinct.Add(sources[index]);
                tokens += sources[index].Length;
            }

            chunk.Add(members[index]);
            groups.Add(distinct.Count - 1);
        }

        if (chunk.Count > 0)
            yield return Keep([.. chunk], [.. groups], distinct, cancellationToken);
    }

    private SourceChunk Keep(int[] members, int[] groups, List<ReadOnlyMemory<int>> sources, CancellationToken cancellationToken)
    {
        int rows = sources.Sum(source => source.Length), row = 0;
        _scratch.EnsureRows(rows);
        Memory.EnsureRows(rows);
        KeyValueRun[] memories = new KeyValueRun[sources.Count];
        RaggedBatch batch = new(lengthClass: 0);
        for (int i = 0; i < sources.Count; i++)
        {
            if (batch.Count > 0 && batch.Count + sources[i].Length > limit.Tokens)
            {
                Run(batch, cancellationToken);
                batch = new RaggedBatch(lengthClass: 0);
            }

            memories[i] = new KeyValueRun(row, sources[i].Length);
            batch.AddWhole(sources[i].Span, row);
            row += sources[i].Length;
        }

        Run(batch, cancellationToken);
        return new SourceChunk(members, groups, memories);
    }

    private void Run(RaggedBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TokensComputed += batch.Count;
        runner.Remember(batch, _scratch, Memory);
    }
}

/// <summary>Sequences that can be run together because the encoder has read their sources; all of them where there is no encoder.</summary>
/// <param name="Members">Indices of the sequences.</param>
/// <param name="Groups">Which of <paramref name="Memories"/> belongs to each member, or null.</param>
/// <param name="Memories">Rows of the memory by source, or null.</param>
internal sealed record SourceChunk(int[] Members, int[]? Groups, KeyValueRun[]? Memories)
{
    /// <summary>The chunks of members.</summary>
    /// <param name="reader">The encoder, or null where there is none.</param>
    /// <param name="members">Indices.</param>
    /// <param name="sourceOf">The source of a member.</param>
    /// <param name="cancellationToken">Checked before every batch of the encoder.</param>
    public static IEnumerable<SourceChunk> Of(
        SourceReader? reader, int[] members, Func<int, ReadOnlyMemory<int>> sourceOf, CancellationToken cancellationToken) =>
        reader?.Read(members, sourceOf, cancellationToken) ?? [new SourceChunk(members, null, null)];
}
