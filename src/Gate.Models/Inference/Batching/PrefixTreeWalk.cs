namespace Gate.Models.Inference.Batching;

/// <summary>
/// Cuts the depth-first order of a prefix tree into batches of bounded size, branches split where a batch is full. Between two batches only the path
/// to the next token stays in the store: a row is freed as soon as no pending token descends from it.
/// </summary>
internal sealed class PrefixTreeWalk
{
    private readonly PrefixTree tree;
    private readonly int lengthClass;
    private int _branchIndex;
    private int _pathLength;
    private PathRuns _rows;

    /// <summary>Starts before the first token.</summary>
    /// <param name="tree">The tree to walk.</param>
    /// <param name="lengthClass">Length class of its sequences.</param>
    public PrefixTreeWalk(PrefixTree tree, int lengthClass)
    {
        this.tree = tree;
        this.lengthClass = lengthClass;
    }

    /// <summary>Index of the first token that is in no batch yet.</summary>
    public int NextToken { get; private set; }

    /// <summary>Rows the store must have for batches of a size.</summary>
    public int StoreRows(int batchTokens) => Math.Min(tree.Tokens.Length, tree.LongestSequence + batchTokens);

    /// <summary>The next batch, or null at the end.</summary>
    /// <param name="maximumTokens">Most tokens, at least 1.</param>
    /// <param name="kept">Runs to move to the front of the store before the batch runs, in this order: the path to its first token.</param>
    public RaggedBatch? Next(int maximumTokens, out IReadOnlyList<KeyValueRun> kept)
    {
        kept = [];
        if (NextToken == tree.Tokens.Length)
            return null;

        Branch first = tree.Branches[_branchIndex];
        int pathEnd = first.StartPosition + NextToken - first.FirstToken;
        kept = _rows.Of(first, pathEnd);
        _pathLength = pathEnd;
        _rows = new PathRuns(NextToken, _pathLength);

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
