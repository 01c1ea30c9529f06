namespace Gate.Models.Batching;

/// <summary>Finds the store rows of a path through a prefix tree.</summary>
/// <remarks>
/// Tokens before <paramref name="boundary"/> (in depth-first order) were computed by earlier batches; the walk is depth first, so those still
/// needed form one path, kept in the first rows of the store: their row is their position. Later tokens lie behind them in the order of the walk.
/// With a boundary and base of 0 every token keeps the row of its index.
/// </remarks>
/// <param name="boundary">Index of the first token of the present batch.</param>
/// <param name="baseRow">Store row of that token.</param>
internal readonly struct PathRuns(int boundary, int baseRow)
{
    /// <summary>The store row of a token.</summary>
    public int RowOf(int token, int position) => token < boundary ? position : baseRow + token - boundary;

    /// <summary>The rows of positions 0 to <paramref name="end"/> − 1 of the path that ends in a branch, neighbours merged.</summary>
    public KeyValueRun[] Of(Branch? branch, int end)
    {
        List<KeyValueRun> runs = [];
        for (; end > 0; branch = branch.Parent)
        {
            branch = branch!.OwnerOf(end - 1);
            Prepend(runs, branch, end);
            end = branch.StartPosition;
        }

        runs.Reverse();
        return [.. runs];
    }

    // The part of a branch before the boundary and the part behind it are two runs. Runs are gathered from the back.
    private void Prepend(List<KeyValueRun> runs, Branch branch, int end)
    {
        int position = branch.StartPosition, count = end - position;
        int earlier = Math.Clamp(boundary - branch.FirstToken, 0, count);
        if (count > earlier)
            PrependRun(runs, new KeyValueRun(RowOf(branch.FirstToken + earlier, position + earlier), count - earlier));
        if (earlier > 0)
            PrependRun(runs, new KeyValueRun(RowOf(branch.FirstToken, position), earlier));
    }

    private static void PrependRun(List<KeyValueRun> runs, KeyValueRun run)
    {
        if (runs.Count > 0 && runs[^1].FirstRow == run.FirstRow + run.Count)
            runs[^1] = new KeyValueRun(run.FirstRow, run.Count + runs[^1].Count);
        else
            runs.Add(run);
    }
}
