namespace Gate.Models.Batching;

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

    /// <summary>Whether branches stay whole, because their tokens see those behind them; a batch has at least one.</summary>
    public bool KeepsBranchesWhole { get; init; }

    /// <summary>Rows of the memory store by group, or null where there is no encoder.</summary>
    public IReadOnlyList<KeyValueRun>? Memories { get; init; }

    /// <summary>A walk that frees nothing: every token's row is its index in the tree's order.</summary>
    public static PrefixTreeWalk KeepingAllRows(PrefixTree tree, IReadOnlyList<KeyValueRun>? memories) =>
        new(tree, lengthClass: 0) { _keepsAllRows = true, Memories = memories };

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
        while (_branchIndex < tree.Branches.Count && HasRoom(batch, maximumTokens))
            AddBranch(batch, tree.Branches[_branchIndex], KeepsBranchesWhole ? int.MaxValue : maximumTokens - batch.Count);
        return batch;
    }

    private bool HasRoom(RaggedBatch batch, int maximumTokens) =>
        batch.Count == 0 || batch.Count + (KeepsBranchesWhole ? tree.Branches[_branchIndex].Count - 1L : 0) < maximumTokens;

    private void AddBranch(RaggedBatch batch, Branch branch, int room)
    {
        int done = NextToken - branch.FirstToken;
        int count = Math.Min(branch.Count - done, room);
        int position = branch.StartPosition + done;
        batch.Add(tree.Tokens.Slice(NextToken, count), position, _rows.RowOf(NextToken, position), _rows.Of(branch, position + count), Memories?[branch.Group] ?? default);
        NextToken += count;
        if (done + count == branch.Count)
            _branchIndex++;
    }
}
