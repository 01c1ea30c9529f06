using Gate.Models.Batching;
using Gate.Models.Blueprints;
using Gate.Models.Engines;
using Gate.Models.Questions;
using Gate.Models.Runtime;

namespace Gate.Models.Inference.Scoring;

/// <summary>
/// Runs sequences through a model and answers what is wanted of their rows. Of what is read from left to right distinct prefixes are computed once, of
/// what is read two-sided distinct sequences.
/// </summary>
internal sealed class SequenceScorer(ModelRunner runner, IComputeEngine engine, KeyValueStore store, SourceReader? sources, BatchLimit limit)
{
    private readonly bool _isTwoSided = runner.Blueprint.Kind == ModelKind.Masked;

    /// <summary>Tokens that went through the blocks so far.</summary>
    public long TokensComputed { get; private set; }

    /// <summary>Answers every wanted row.</summary>
    /// <param name="sequences">Sequences, checked.</param>
    /// <param name="wanted">The rows, in any order.</param>
    /// <param name="progress">Told the number of sequences all of whose rows are answered.</param>
    /// <param name="cancellationToken">Checked before every batch.</param>
    /// <returns>One answer for each wanted row.</returns>
    public NextTokenScores[] Score(
        IReadOnlyList<SourcedSequence> sequences, IReadOnlyList<WantedRow> wanted, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        NextTokenScores[] answers = new NextTokenScores[wanted.Count];
        SequenceProgress finished = new(sequences.Count, wanted, progress);
        ILookup<int, int> wantedOf = Enumerable.Range(0, wanted.Count).ToLookup(index => wanted[index].Sequence);

        // Sequences of different length classes share no rows: each class is a tree of its own.
        foreach (IGrouping<int, int> lengthClass in Enumerable.Range(0, sequences.Count)
            .GroupBy(sequence => runner.LengthClass(sequences[sequence].Ids.Length)).OrderBy(group => group.Key))
        {
            foreach (SourceChunk chunk in SourceChunk.Of(sources, [.. lengthClass], member => sequences[member].Source, cancellationToken))
            {
                ReadOnlyMemory<int>[] ids = [.. chunk.Members.Select(member => sequences[member].Ids)];
                PrefixTree tree = new(ids, _isTwoSided ? DistinctGroups(ids) : chunk.Groups);
                RowPlan plan = RowPlan.Of(tree, chunk.Members, wanted, wantedOf);
                ScoreTree(Walk(tree, lengthClass.Key, chunk.Memories), plan, answers, finished, cancellationToken);
            }
        }

        return answers;
    }

    /// <summary>Shows the logits of every position of one sequence.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="types">Segment types of a sequence that is read two-sided, or empty.</param>
    /// <param name="visit">Receives the position and its logits.</param>
    /// <param name="cancellationToken">Checked before every batch.</param>
    public void Visit(SourcedSequence sequence, ReadOnlyMemory<int> types, LogitsVisitor visit, CancellationToken cancellationToken)
    {
        if (_isTwoSided)
        {
            RaggedBatch batch = new(lengthClass: 0);
            batch.AddWhole(sequence.Ids.Span, 0, types.Span);
            store.EnsureRows(batch.Count);
            TokensComputed += batch.Count;
            runner.Head.VisitLogits(runner.Run(new BatchContext(batch, store), null), visit);
            return;
        }

        foreach (SourceChunk chunk in SourceChunk.Of(sources, [0], _ => sequence.Source, cancellationToken))
        {
            PrefixTreeWalk walk = Walk(new PrefixTree([sequence.Ids], chunk.Groups), runner.LengthClass(sequence.Ids.Length), chunk.Memories);
            int first = 0;
            while (Forward(walk, () => [.. Enumerable.Range(0, walk.NextToken - first)], cancellationToken) is { } states)
            {
                runner.Head.VisitLogits(states, (row, logits) => visit(first + row, logits));
                first = walk.NextToken;
            }
        }
    }

    private static int[] DistinctGroups(ReadOnlyMemory<int>[] sequences)
    {
        int[] groups = new int[sequences.Length];
        int group = -1;
        ReadOnlyMemory<int> previous = default;
        foreach (int index in PrefixTree.LexicographicOrder(sequences))
        {
            if (!sequences[index].Span.SequenceEqual(previous.Span))
                group++;
            groups[index] = Math.Max(group, 0);
            previous = sequences[index];
        }

        return groups;
    }

    private PrefixTreeWalk Walk(PrefixTree tree, int lengthClass, IReadOnlyList<KeyValueRun>? memories)
    {
        PrefixTreeWalk walk = new(tree, lengthClass) { KeepsBranchesWhole = _isTwoSided, Memories = memories };
        store.EnsureRows(walk.StoreRows(limit.Tokens));
        return walk;
    }

    private void ScoreTree(PrefixTreeWalk walk, RowPlan plan, NextTokenScores[] answers, SequenceProgress finished, CancellationToken cancellationToken)
    {
        RowBatch rows = default;
        int first = 0;
        while (Forward(walk, () => (rows = plan.Take(first, walk.NextToken)).Selected, cancellationToken) is { } states)
        {
            NextTokenScores[] part = new NextTokenScores[rows.Queries.Length];
            runner.Head.Project(states, rows.Queries, part);
            for (int i = 0; i < part.Length; i++)
                answers[rows.Wanted[i]] = part[i];
            finished.Report(rows.Wanted);
            first = walk.NextToken;
        }
    }

    private DeviceMatrix? Forward(PrefixTreeWalk walk, Func<int[]> selectRows, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (walk.Next(limit.Tokens, out IReadOnlyList<KeyValueRun> kept) is not { } batch)
            return null;
        engine.Compact(store, kept);
        TokensComputed += batch.Count;
        return runner.Run(new BatchContext(batch, store, sources?.Memory), selectRows());
    }
}
