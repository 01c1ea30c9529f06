using Gate.Models.Batching;
using Gate.Models.Engines;
using Gate.Models.Inference.Scoring;
using Gate.Models.Questions;
using Gate.Models.Runtime;

namespace Gate.Models.Inference.GreedySearch;

/// <summary>
/// Greedy generation of many sequences together: the contexts of a wave run as one prefix tree, then every step is one ragged batch with one token of
/// each sequence that goes on.
/// </summary>
internal sealed class GreedyGenerator(ModelRunner runner, KeyValueStore store, SourceReader? sources, BatchLimit limit, long keyValueBytes)
{
    /// <summary>Tokens that went through the blocks so far.</summary>
    public long TokensComputed { get; private set; }

    /// <summary>Runs generations to their ends.</summary>
    /// <param name="states">Generations that go on, of one length class whatever their length becomes.</param>
    /// <param name="finished">Called after every pass.</param>
    /// <param name="cancellationToken">Checked before every pass.</param>
    public void Run(IReadOnlyList<GenerationState> states, Action finished, CancellationToken cancellationToken)
    {
        foreach (SourceChunk chunk in SourceChunk.Of(sources, [.. Enumerable.Range(0, states.Count)], member => states[member].Source, cancellationToken))
        {
            for (int i = 0; i < chunk.Members.Length; i++)
                states[chunk.Members[i]].Group = chunk.Groups?[i] ?? 0;
            Run([.. chunk.Members.Select(member => states[member])], chunk.Memories, finished, cancellationToken);
        }
    }

    private void Run(GenerationState[] states, KeyValueRun[]? memories, Action finished, CancellationToken cancellationToken)
    {
        foreach (GenerationWave wave in GenerationWave.Plan(states, limit.Tokens, Math.Max(1, keyValueBytes / runner.StoreShape.BytesPerRow)))
        {
            RunContexts(wave, memories, cancellationToken);
            finished();
            GenerationState[] running = [.. wave.States.Where(state => state.IsRunning)];
            while (running.Length > 0)
            {
                foreach (GenerationState[] part in running.Chunk(limit.Tokens))
                    Step(part, cancellationToken);
                finished();
                running = [.. running.Where(state => state.IsRunning)];
            }
        }
    }

    // No row of a context is freed before its wave ends, so every token of the tree keeps the row of its index.
    private void RunContexts(GenerationWave wave, KeyValueRun[]? memories, CancellationToken cancellationToken)
    {
        PrefixTree tree = new([.. wave.States.Select(state => state.Context)], [.. wave.States.Select(state => state.Group)]);
        PathRuns rows = new(0, 0);
        int[] lastTokens = new int[wave.States.Length];
        int nextRow = tree.Tokens.Length;
        store.EnsureRows(nextRow);
        for (int i = 0; i < wave.States.Length; i++)
        {
            GenerationState state = wave.States[i];
            lastTokens[i] = tree.BranchOf(i).TokenAt(state.Context.Length - 1);
            state.Place(rows.Of(tree.BranchOf(i), state.Context.Length), nextRow, memories?[state.Group] ?? default);
            nextRow += state.ReservedRows;
        }

        PrefixTreeWalk walk = PrefixTreeWalk.KeepingAllRows(tree, memories);
        int first = 0;
        while (walk.Next(limit.Tokens, out _) is { } batch)
        {
            GenerationState[] ending = [.. wave.States.Where((_, i) => lastTokens[i] >= first && lastTokens[i] < walk.NextToken)];
            int[] endingRows = [.. lastTokens.Where(token => token >= first && token < walk.NextToken).Select(token => token - first)];
            Pass(batch, ending, endingRows, cancellationToken);
            first = walk.NextToken;
        }
    }

    private void Step(GenerationState[] states, CancellationToken cancellationToken)
    {
        RaggedBatch batch = new(lengthClass: 0);
        int rows = 0;
        foreach (GenerationState state in states)
            rows = Math.Max(rows, state.AddTo(batch));
        store.EnsureRows(rows);
        Pass(batch, states, [.. Enumerable.Range(0, states.Length)], cancellationToken);
    }

    // Equal contexts end in the same row: it is projected once and asked several times.
    private void Pass(RaggedBatch batch, GenerationState[] states, int[] rows, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Array.Sort(rows, states);
        int[] selected = [.. rows.Distinct()];
        RowQuery[] queries = [.. rows.Select(row => new RowQuery(Array.BinarySearch(selected, row), default, Top: 1))];
        NextTokenScores[] answers = new NextTokenScores[queries.Length];
        runner.Head.Project(runner.Run(new BatchContext(batch, store, sources?.Memory), selected), queries, answers);
        TokensComputed += batch.Count;
        for (int i = 0; i < states.Length; i++)
            states[i].Accept(answers[i]);
    }
}
