using Gate.Models.Engines;
using Gate.Models.Questions;
using TorchSharp;
using static TorchSharp.torch;

namespace Gate.Torch;

/// <summary>Queries about one block of rows. Their answers are one row of binary64 values: of each query its row's log-sum-exp, then log-probability and rank of every
/// target, then of every query with a top the ids and their log-probabilities.</summary>
internal sealed class BlockQueries
{
    private readonly ReadOnlyMemory<RowQuery> _queries;
    private readonly int _firstRow, _vocabulary, _targets, _top;
    private readonly int[] _topped;

    /// <summary>Counts what is asked.</summary>
    /// <param name="firstRow">First row of the block.</param>
    /// <param name="queries">At least one.</param>
    /// <param name="vocabulary">Values of a row.</param>
    public BlockQueries(int firstRow, ReadOnlyMemory<RowQuery> queries, int vocabulary)
    {
        (_firstRow, _queries, _vocabulary) = (firstRow, queries, vocabulary);
        RowQuery[] all = queries.ToArray();
        _targets = all.Sum(query => query.Targets.Length);
        _top = Math.Min(all.Max(query => query.Top), vocabulary);
        _topped = [.. Enumerable.Range(0, all.Length).Where(index => all[index].Top > 0)];
    }

    /// <summary>Queries.</summary>
    public int Count => _queries.Length;

    /// <summary>Values of the answer.</summary>
    public int Values => Count + (2 * _targets) + (2 * _topped.Length * _top);

    /// <summary>Finds the answers.</summary>
    /// <param name="logits">[rows, vocabulary], binary32.</param>
    /// <param name="device">Where they are.</param>
    /// <param name="logitsAtOnce">Most values that are compared together.</param>
    public Tensor Find(Tensor logits, Device device, long logitsAtOnce)
    {
        RowQuery[] queries = _queries.ToArray();
        Tensor largest = logits.amax([1], true);

        // Exponentials in binary32, their sum in binary64: what is lost is below the rounding of a logit.
        Tensor logSumExp = (logits - largest).exp_().sum(1, type: ScalarType.Float64).log_().add_(largest.squeeze(1));
        Tensor rows = Indices(queries.Select(query => query.Row - _firstRow));
        List<Tensor> found = [logSumExp.index_select(0, rows)];
        if (_targets > 0)
        {
            Tensor targetRows = Indices(queries.SelectMany(query => Enumerable.Repeat(query.Row - _firstRow, query.Targets.Length)));
            Tensor ids = Indices(queries.SelectMany(query => query.Targets.ToArray()));
            Tensor chosen = logits.view(-1).index_select(0, (targetRows * _vocabulary) + ids);
            found.Add(chosen.to(ScalarType.Float64) - logSumExp.index_select(0, targetRows));
            found.AddRange(Ranks(logits, targetRows, ids, chosen, logitsAtOnce));
        }

        if (_topped.Length > 0)
        {
            Tensor toppedRows = Indices(_topped.Select(index => queries[index].Row - _firstRow));
            (Tensor values, Tensor ids) = Best(logits.index_select(0, toppedRows));
            found.Add(ids.to(ScalarType.Float64).flatten());
            found.Add((values.to(ScalarType.Float64) - logSumExp.index_select(0, toppedRows).unsqueeze(1)).flatten());
        }

        return cat(found);

        Tensor Indices(IEnumerable<int> values) => DeviceBatch.Indices([.. values], device);
    }

    /// <summary>Reads the answers.</summary>
    /// <param name="values">What <see cref="Find"/> gave.</param>
    /// <param name="answers">One for each query.</param>
    public void Answer(ReadOnlySpan<double> values, Span<NextTokenScores> answers)
    {
        ReadOnlySpan<double> logProbabilities = values.Slice(Count, _targets), ranks = values.Slice(Count + _targets, _targets);
        ReadOnlySpan<double> ids = values.Slice(Count + (2 * _targets), _topped.Length * _top), best = values[^(_topped.Length * _top)..];
        int target = 0, topped = 0;
        for (int i = 0; i < Count; i++)
        {
            RowQuery query = _queries.Span[i];
            int targets = query.Targets.Length, top = Math.Min(query.Top, _vocabulary);
            answers[i] = double.IsFinite(values[i])
                ? new NextTokenScores(
                    logProbabilities.Slice(target, targets).ToArray(), Whole(ranks.Slice(target, targets)),
                    Whole(ids.Slice(topped, top)), best.Slice(topped, top).ToArray())
                : query.WithoutDistribution(_vocabulary);
            target += targets;
            topped += query.Top > 0 ? _top : 0;
        }
    }

    private static int[] Whole(ReadOnlySpan<double> values)
    {
        int[] whole = new int[values.Length];
        for (int i = 0; i < whole.Length; i++)
            whole[i] = (int)values[i];
        return whole;
    }

    // One more than the larger logits and the equal ones of lower id.
    private IEnumerable<Tensor> Ranks(Tensor logits, Tensor rows, Tensor ids, Tensor chosen, long logitsAtOnce)
    {
        Tensor every = arange(_vocabulary, dtype: ScalarType.Int64, device: logits.device);
        int atOnce = (int)Math.Max(16, logitsAtOnce / _vocabulary);
        for (int first = 0; first < _targets; first += atOnce)
        {
            int count = Math.Min(atOnce, _targets - first);
            using DisposeScope scope = NewDisposeScope();
            Tensor row = logits.index_select(0, rows.narrow(0, first, count)), value = chosen.narrow(0, first, count).unsqueeze(1);
            Tensor better = (row > value).logical_or_((row == value).logical_and_(every < ids.narrow(0, first, count).unsqueeze(1)));
            yield return better.sum(1, type: ScalarType.Int64).add_(1).to(ScalarType.Float64).MoveToOuterDisposeScope();
        }
    }

    // Ties go to the lower id: the largest of a row is its first, and the sort is stable.
    private (Tensor Values, Tensor Ids) Best(Tensor rows)
    {
        if (_top == 1)
            return rows.max(1, true);
        (Tensor values, Tensor ids) = rows.sort(1, descending: true, stable: true);
        return (values.narrow(1, 0, _top), ids.narrow(1, 0, _top));
    }
}
