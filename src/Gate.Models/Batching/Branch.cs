namespace Gate.Models.Batching;

/// <summary>
/// Tokens of a prefix tree that one sequence was the first to need. Its earlier positions belong to its ancestors: the parent owns the positions
/// just before <see cref="StartPosition"/>, as far up as the parent's own start, and so on to the root.
/// </summary>
/// <param name="Parent">The branch this one leaves, or null at the root.</param>
/// <param name="StartPosition">Position of its first token.</param>
/// <param name="FirstToken">Index of its first token in the tree's depth-first order.</param>
/// <param name="Count">Its tokens, at least 1.</param>
/// <param name="Group">Group of its sequences.</param>
internal sealed record Branch(Branch? Parent, int StartPosition, int FirstToken, int Count, int Group)
{
    /// <summary>The branch of the path to this one that owns a position.</summary>
    /// <param name="position">A position before the end of this branch.</param>
    public Branch OwnerOf(int position)
    {
        Branch branch = this;
        while (branch.StartPosition > position)
            branch = branch.Parent!;
        return branch;
    }

    /// <summary>The index of a position of this path in the tree's depth-first order.</summary>
    public int TokenAt(int position)
    {
        Branch owner = OwnerOf(position);
        return owner.FirstToken + position - owner.StartPosition;
    }
}
