using Gate.Models.Questions;
using Gate.Numerics.Softmax;
using Gate.Numerics.Threading;

namespace Gate.Models.Engines.Managed;

/// <summary>The projection to the vocabulary, in blocks of rows so that logits never take more than a fixed amount of memory.</summary>
internal sealed class ManagedProjection(ComputeThreads threads) : IDisposable
{
    // 8 MiB of logits: 512 rows of a 4,096-word vocabulary, 16 rows of a 128,000-word one.
    private const long LogitsAtOnce = 1 << 21;
    private const int FewestRows = 16;

    private ManagedMatrix? _logits;

    /// <summary>Answers queries about the logits of rows.</summary>
    public void Answer(ManagedMatrix states, ManagedLinearWeights head, float softCap, ReadOnlyMemory<RowQuery> queries, Memory<NextTokenScores> answers)
    {
        int next = 0;
        foreach ((int first, int count) in Blocks(states.Rows, head.Outputs))
        {
            ManagedMatrix logits = Multiply(states, head, softCap, first, count);
            int start = next;
            while (next < queries.Length && queries.Span[next].Row < first + count)
                next++;
            AnswerBlock(logits, first, queries[start..next], answers[start..next]);
        }
    }

    /// <summary>Shows the logits of all rows in order.</summary>
    public void Visit(ManagedMatrix states, ManagedLinearWeights head, float softCap, LogitsVisitor visit)
    {
        foreach ((int first, int count) in Blocks(states.Rows, head.Outputs))
        {
            ManagedMatrix logits = Multiply(states, head, softCap, first, count);
            for (int row = 0; row < count; row++)
                visit(first + row, logits.Row(row));
        }
    }

    public void Dispose() => _logits?.Dispose();

    private static IEnumerable<(int First, int Count)> Blocks(int rows, int vocabulary)
    {
        int rowsAtOnce = (int)Math.Max(FewestRows, LogitsAtOnce / vocabulary);
        for (int first = 0; first < rows; first += rowsAtOnce)
            yield return (first, Math.Min(rowsAtOnce, rows - first));
    }

    private ManagedMatrix Multiply(ManagedMatrix states, ManagedLinearWeights head, float softCap, int first, int count)
    {
        if (_logits?.Columns != head.Outputs)
        {
            _logits?.Dispose();
            _logits = new ManagedMatrix(head.Outputs);
        }

        _logits.Resize(count);
        head.Multiply(states.RowsAt(first, count), count, _logits.Values, threads);
        if (softCap > 0)
            RowParallel.Run(count, head.Outputs, threads, (row, rows) => SoftCap.Apply(_logits.RowsAt(row, rows), softCap));
        return _logits;
    }

    // Queries of one row share its log-sum-exp: a piece is a row with all its queries.
    private void AnswerBlock(ManagedMatrix logits, int firstRow, ReadOnlyMemory<RowQuery> queries, Memory<NextTokenScores> answers)
    {
        int[] starts = RowStarts(queries.Span);
        ParallelWork.Run(starts.Length - 1, threads, piece =>
        {
            ReadOnlySpan<float> row = logits.Row(queries.Span[starts[piece]].Row - firstRow);
            double logSumExp = LogSumExp.Compute(row);
            for (int i = starts[piece]; i < starts[piece + 1]; i++)
                answers.Span[i] = RowScoring.Answer(row, logSumExp, queries.Span[i]);
        });
    }

    private static int[] RowStarts(ReadOnlySpan<RowQuery> queries)
    {
        List<int> starts = [];
        for (int i = 0; i < queries.Length; i++)
        {
            if (i == 0 || queries[i].Row != queries[i - 1].Row)
                starts.Add(i);
        }

        starts.Add(queries.Length);
        return [.. starts];
    }
}
