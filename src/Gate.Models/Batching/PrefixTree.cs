using System.Runtime.InteropServices;

namespace Gate.Models.Batching;

/// <summary>
/// All sequences of a call laid out as a token trie: every distinct prefix exists once. Sequences are taken in lexicographic order, so each adds
/// only the tokens behind what it shares with the one before it, and the tokens in the order added are a depth-first walk of the trie.
/// </summary>
internal sealed class PrefixTree
{
    private readonly List<int> _tokens = [];
    private readonly List<Branch> _branches = [];
    private readonly Branch[] _branchOf;

    /// <summary>Builds the tree.</summary>
    /// <param name="sequences">Token ids, at least one each, in any order; equal ones may repeat.</param>
    /// <param name="groups">A group for each sequence; sequences of different groups share nothing. Null where all are of one.</param>
    public PrefixTree(IReadOnlyList<ReadOnlyMemory<int>> sequences, IReadOnlyList<int>? groups = null)
    {
        _branchOf = new Branch[sequences.Count];
        ReadOnlyMemory<int> previous = default;
        Branch? last = null;
        int[] order = LexicographicOrder(sequences);
        foreach (int index in groups is null ? order : [.. order.OrderBy(index => groups[index])])
        {
            ReadOnlyMemory<int> sequence = sequences[index];
            int group = groups?[index] ?? 0;
            LongestSequence = Math.Max(LongestSequence, sequence.Length);
            int shared = last is not null && last.Group != group ? 0 : previous.Span.CommonPrefixLength(sequence.Span);
            Branch? parent = shared == 0 ? null : last!.OwnerOf(shared - 1);
            if (shared == sequence.Length)
            {
                _branchOf[index] = parent!;
                continue;
            }

            last = new Branch(parent, shared, _tokens.Count, sequence.Length - shared, group);
            _tokens.AddRange(sequence.Span[shared..]);
            _branches.Add(last);
            _branchOf[index] = last;
            previous = sequence;
        }
    }

    /// <summary>The distinct tokens, depth first.</summary>
    public ReadOnlySpan<int> Tokens => CollectionsMarshal.AsSpan(_tokens);

    /// <summary>The branches, in the order of their tokens.</summary>
    public IReadOnlyList<Branch> Branches => _branches;

    /// <summary>Length of the longest sequence.</summary>
    public int LongestSequence { get; }

    /// <summary>The branch that holds the last token of a sequence.</summary>
    public Branch BranchOf(int sequence) => _branchOf[sequence];

    /// <summary>Indices of the sequences in lexicographic order of their tokens, equal ones in the order given.</summary>
    public static int[] LexicographicOrder(IReadOnlyList<ReadOnlyMemory<int>> sequences)
    {
        int[] order = [.. Enumerable.Range(0, sequences.Count)];
        Array.Sort(order, (a, b) =>
        {
            int difference = sequences[a].Span.SequenceCompareTo(sequences[b].Span);
            return difference != 0 ? difference : a.CompareTo(b);
        });
        return order;
    }
}
