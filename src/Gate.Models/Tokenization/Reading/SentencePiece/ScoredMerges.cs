using Gate.Models.Tokenization.Models;

namespace Gate.Models.Tokenization.Reading.SentencePiece;

/// <summary>
/// The merges behind a SentencePiece model of byte pairs, which holds scores only: every way to split a piece in two pieces, the best score first; of equal scores the
/// one with the longer left part, then the longer right part, in characters.
/// </summary>
internal static class ScoredMerges
{
    /// <summary>The merges.</summary>
    /// <param name="vocabulary">The vocabulary the ids are of.</param>
    /// <param name="pieces">The pieces with their scores; of a piece that stands twice the first place and the last score count.</param>
    /// <param name="parts">The pieces a piece may be split into, with their ids.</param>
    /// <param name="options">How characters become symbols.</param>
    public static BytePairMerges Of(
        Vocabulary vocabulary, IReadOnlyList<ModelPiece> pieces, IReadOnlyDictionary<string, int> parts, BytePairOptions options)
    {
        List<Merge> found = Find(pieces, parts);
        found.Sort();
        var merges = new BytePairMerges(vocabulary, found.Count, options);
        foreach (Merge merge in found)
            _ = merges.Add(merge.Left, merge.Right);
        return merges;
    }

    private static List<Merge> Find(IReadOnlyList<ModelPiece> pieces, IReadOnlyDictionary<string, int> parts)
    {
        var scores = new Dictionary<string, double>(pieces.Count, StringComparer.Ordinal);
        foreach (ModelPiece piece in pieces)
            scores[piece.Text] = piece.Score;
        var known = new Dictionary<string, int>(parts, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        var found = new List<Merge>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var local = new List<(int Left, int Right, int Split)>();
        foreach ((string text, _, _) in pieces)
        {
            if (!seen.Add(text))
                continue;
            local.Clear();
            for (int split = 1; split < text.Length; split++)
            {
                if (!char.IsLowSurrogate(text[split]) && known.TryGetValue(text.AsSpan(0, split), out int left)
                    && known.TryGetValue(text.AsSpan(split), out int right))
                    local.Add((left, right, split));
            }

            local.Sort();
            foreach ((_, _, int split) in local)
            {
                (string left, string right) = (text[..split], text[split..]);
                found.Add(new Merge(left, right, scores[text], Length(left), Length(right), found.Count));
            }
        }

        return found;
    }

    private static int Length(string text)
    {
        int length = text.Length;
        foreach (char unit in text)
            length -= char.IsLowSurrogate(unit) ? 1 : 0;
        return length;
    }

    private readonly record struct Merge(string Left, string Right, double Score, int LeftLength, int RightLength, int Order) : IComparable<Merge>
    {
        public int CompareTo(Merge other)
        {
            int order = other.Score.CompareTo(Score);
            order = order != 0 ? order : other.LeftLength.CompareTo(LeftLength);
            order = order != 0 ? order : other.RightLength.CompareTo(RightLength);
            return order != 0 ? order : Order.CompareTo(other.Order);
        }
    }
}
