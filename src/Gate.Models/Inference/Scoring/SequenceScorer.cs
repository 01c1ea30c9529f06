using Gate.Models.Architectures;
using Gate.Models.Inference.Batching;
using Gate.Models.Inference.Engine;

namespace Gate.Models.Inference.Scoring;

/// <summary>Runs sequences through a decoder as one prefix tree and answers what is wanted of their rows. Distinct prefixes are computed once.</summary>
internal sealed class SequenceScorer(IDecoder decoder, IComputeEngine engine, KeyValueStore store, int batchTokens)
{
    /// <summary>Tokens that went through the blocks so far.</summary>
    public long TokensComputed { get; private set; }

    /// <summary>Answers every wanted row.</summary>
    /// <param name="sequences">Token ids, checked.</param>
    /// <param name="wanted">The rows, in any order.</param>
    /// <param name="progress">Told the number of sequences all of whose rows are answered.</param>
    /// <param name="cancellationToken">Checked before every batch.</param>
    /// <returns>One answer for each wanted row.</returns>
    public NextTokenScores[] Score(
        IReadOnlyList<ReadOnlyMemory<int>> sequences, IReadOnlyList<WantedRow> wanted, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        NextTokenScores[] answers = new NextTokenScores[wanted.Count];
        SequenceProgress finished = new(sequences.Count, wanted, progress);
        ILookup<int, int> wantedOf = Enumerable.Range(0, wanted.Count).ToLookup(index => wanted[index].Sequence);

        // Sequences of different length classes share no rows: each class is a tree of its own.
        foreach (IGrouping<int, int> lengthClass in Enumerable.Range(0, sequences.Count)
            .GroupBy(sequence => decoder.LengthClass(sequences[sequence].Length)).OrderBy(group => group.Key))
        {
            int[] members = [.. lengthClass];
            PrefixTree tree = new([.. members.Select(member => sequences[member])]);
            RowPlan plan = RowPlan.Of(tree, members, wanted, wantedOf);
            ScoreTree(tree, lengthClass.Key, plan, answers, finished, cancellationToken);
        }

        return answers;
    }

    /// <summary>Shows the logits of every position of one sequence.</summary>
    public void Visit(ReadOnlyMemory<int> sequence, LogitsVisitor visit, CancellationToken cancellationToken)
    {
        PrefixTree tree = new([sequence]);
        PrefixTreeWalk walk = new(tree, decoder.LengthClass(sequence.Length));
        store.EnsureRows(walk.StoreRows(batchTokens));
        int first = 0;
        while (Forward(walk, () => [.. Enumerable.Range(0, walk.NextToken - first)], cancellationToken) is { } states)
        {
            engine.VisitLogits(states, decoder.Head, (row, logits) => visit(first + row, logits));
            first = walk.NextToken;
        }
    }

    private void ScoreTree(
        PrefixTree tree, int lengthClass, RowPlan plan, NextTokenScores[] answers, SequenceProgress finished, CancellationToken cancellationToken)
    {
        PrefixTreeWalk walk = new(tree, lengthClass);
        store.EnsureRows(walk.StoreRows(batchTokens));
        RowBatch rows = default;
        int first = 0;
        while (Forward(walk, () => (rows = plan.Take(first, walk.NextToken)).Selected, cancellationToken) is { } states)
        {
            NextTokenScores[] part = new NextTokenScores[rows.Queries.Length];
            engine.Project(states, decoder.Head, rows.Queries, part);
            for (int i = 0; i < part.Length; i++)
                answers[rows.Wanted[i]] = part[i];
            finished.Report(rows.Wanted);
            first = walk.NextToken;
        }
    }

    private DeviceMatrix? Forward(PrefixTreeWalk walk, Func<int[]> selectRows, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (walk.Next(batchTokens, out IReadOnlyList<KeyValueRun> kept) is not { } batch)
            return null;
        engine.Compact(store, kept);
        TokensComputed += batch.Count;
        return decoder.Forward(batch, store, selectRows());
    }
}
