namespace Gate.Models.Inference.Batching;

/// <summary>
/// Cuts the depth-first order of a prefix tree into batches of bounded size, branches split where a batch is full. Between two batches only the path
/// to the next token stays in the store: a row is freed as soon as no pending token descends from it.
/// </summary>
/// <param name="tree">The tree to walk.</param>
/// <param name="lengthClass">Length class of its sequences.</param>
internal sealed class PrefixTreeWalk(PrefixTree tree, int lengthClass)
{
    private bool _keepsAllRows;
    private int _branchIndex;
    private PathRuns _rows;

    /// <summary>Index of the first token that is in no batch yet.</summary>
    public int NextToken { get; private set; }

    /// <summary>A walk that frees nothing: every token's row is its index in the tree's order.</summary>
    public static PrefixTreeWalk KeepingAllRows(PrefixTree tree, int lengthClass) => new(tree, lengthClass) { _keepsAllRows = true };

    /// <summary>Rows the store must have for batches of a size.</summary>
    public int StoreRows(int batchTokens) =>
        _keepsAllRows ? tree.Tokens.Length : (int)Math.Min(tree.Tokens.Length, (long)tree.LongestSequence + batchTokens);

    /// <summary>The next batch, or null at the end.</summary>
    /// <param name="maximumTokens">Most tokens, at least 1.</param>
    /// <param name="kept">Runs to move to the front of the store before the batch runs, in this order: the path to its first token.</param>
    public RaggedBatch? Next(int maximumTokens, out IReadOnlyList<KeyValueRun> kept)
    {
        kept = [];
        if (NextToken == tree.Tokens.Length)
            return null;

        if (!_keepsAllRows)
        {
            Branch first = tree.Branches[_branchIndex];
            int pathLength = first.StartPosition + NextToken - first.FirstToken;
            kept = _rows.Of(first, pathLength);
            _rows = new PathRuns(NextToken, pathLength);
        }

        RaggedBatch batch = new(lengthClass);
        while (_branchIndex < tree.Branches.Count && batch.Count < maximumTokens)
            AddBranch(batch, tree.Branches[_branchIndex], maximumTokens - batch.Count);
        return batch;
    }

    private void AddBranch(RaggedBatch batch, Branch branch, int room)
    {
        int done = NextToken - branch.FirstToken;
        int count = Math.Min(branch.Count - done, room);
        int position = branch.StartPosition + done;
        batch.Add(tree.Tokens.Slice(NextToken, count), position, _rows.RowOf(NextToken, position), _rows.Of(branch, position + count));
        NextToken += count;
        if (done + count == branch.Count)
            _branchIndex++;
    }
}
