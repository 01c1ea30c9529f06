using Gate.Models.Batching;
using Gate.Models.Engines;

namespace Gate.Models.Inference.Scoring;

/// <summary>The rows of one batch that go on to the vocabulary.</summary>
/// <param name="Selected">Rows of the batch, ascending, each once.</param>
/// <param name="Queries">What is wanted of them, ordered by row.</param>
/// <param name="Wanted">For each query the index of its wanted row.</param>
internal readonly record struct RowBatch(int[] Selected, RowQuery[] Queries, int[] Wanted);

/// <summary>Which token of a prefix tree answers which wanted rows. Several may want the same one.</summary>
internal sealed class RowPlan
{
    private readonly int[] _tokens;
    private readonly int[] _wanted;
    private readonly IReadOnlyList<WantedRow> _rows;
    private int _next;

    private RowPlan(int[] tokens, int[] wanted, IReadOnlyList<WantedRow> rows)
    {
        _tokens = tokens;
        _wanted = wanted;
        _rows = rows;
    }

    /// <summary>Finds the token of every wanted row.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="members">The sequences the tree was built from.</param>
    /// <param name="rows">All wanted rows.</param>
    /// <param name="wantedOf">Indices of the wanted rows of each sequence.</param>
    public static RowPlan Of(PrefixTree tree, int[] members, IReadOnlyList<WantedRow> rows, ILookup<int, int> wantedOf)
    {
        List<int> tokens = [], wanted = [];
        for (int member = 0; member < members.Length; member++)
        {
            foreach (int index in wantedOf[members[member]])
            {
                tokens.Add(tree.BranchOf(member).TokenAt(rows[index].Position));
                wanted.Add(index);
            }
        }

        int[] tokenOrder = [.. tokens], wantedOrder = [.. wanted];
        Array.Sort(tokenOrder, wantedOrder);
        return new RowPlan(tokenOrder, wantedOrder, rows);
    }

    /// <summary>The rows of the next batch.</summary>
    /// <param name="firstToken">First token of the batch.</param>
    /// <param name="endToken">One more than its last.</param>
    public RowBatch Take(int firstToken, int endToken)
    {
        int start = _next;
        while (_next < _tokens.Length && _tokens[_next] < endToken)
            _next++;

        RowQuery[] queries = new RowQuery[_next - start];
        List<int> selected = [];
        for (int i = 0; i < queries.Length; i++)
        {
            int token = _tokens[start + i];
            if (i == 0 || token != _tokens[start + i - 1])
                selected.Add(token - firstToken);
            WantedRow row = _rows[_wanted[start + i]];
            queries[i] = new RowQuery(selected.Count - 1, row.Targets, row.Top);
        }

        return new RowBatch([.. selected], queries, _wanted[start.._next]);
    }
}
