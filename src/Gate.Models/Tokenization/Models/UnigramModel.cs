using Gate.Models.Tokenization.Unicode;

namespace Gate.Models.Tokenization.Models;

/// <summary>The unigram language model of SentencePiece (Kudo, 2018): the segmentation with the highest sum of scores, found by Viterbi's algorithm.</summary>
internal sealed class UnigramModel : ITokenModel
{
    private const double UnknownPenalty = 10;

    private readonly double[] _scores;
    private readonly int? _unknownId;
    private readonly bool _fallsBackToBytes;
    private readonly double _unknownScore;
    private readonly TokenTrie _pieces;
    private readonly int[] _byteIds;

    /// <summary>Puts pieces and scores together.</summary>
    /// <param name="pieces">The piece of each id.</param>
    /// <param name="scores">The log-probability of each id.</param>
    /// <param name="unknownId">The id of what no piece spells, or null to drop it.</param>
    /// <param name="fallsBackToBytes">Whether unknown text is spelled with byte pieces when all of them exist.</param>
    public UnigramModel(IReadOnlyList<string> pieces, double[] scores, int? unknownId, bool fallsBackToBytes)
    {
        (_scores, _unknownId, _fallsBackToBytes) = (scores, unknownId, fallsBackToBytes);
        Vocabulary = Vocabulary.OfList(pieces, keepsReplaced: true);
        _pieces = new TokenTrie(pieces);
        _unknownScore = scores.Min() - UnknownPenalty;
        _byteIds = ByteFallback.Ids(Vocabulary);
    }

    /// <inheritdoc/>
    public Vocabulary Vocabulary { get; }

    /// <inheritdoc/>
    public void Tokenize(string piece, List<int> ids)
    {
        (int unknownStart, int unknownEnd) = (0, 0);
        foreach ((int start, int end, int id) in BestPath(piece))
        {
            if (id >= 0)
            {
                AddUnknown(piece.AsSpan(unknownStart, unknownEnd - unknownStart), ids);
                ids.Add(id);
                unknownStart = end;
            }

            unknownEnd = end;
        }

        AddUnknown(piece.AsSpan(unknownStart, unknownEnd - unknownStart), ids);
    }

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest)
    {
        Vocabulary.Describe(digest.Add("unigram"));
        digest.Add<double>(_scores).Add(_unknownId ?? -1).Add(_fallsBackToBytes);
    }

    // Neighbouring unknown characters are one unknown piece.
    private void AddUnknown(ReadOnlySpan<char> text, List<int> ids)
    {
        if (text.IsEmpty || (_fallsBackToBytes && ByteFallback.TryAppend(_byteIds, text, ids)))
            return;
        if (_unknownId is { } id)
            ids.Add(id);
    }

    // Of equal sums the path found first stays, with starts in order and the shortest pieces first: the order of the reference. Unknown pieces have the id -1.
    private Stack<(int Start, int End, int Id)> BestPath(string text)
    {
        double[] best = new double[text.Length + 1];
        (int Start, int Id)[] back = new (int, int)[text.Length + 1];
        Array.Fill(back, (-1, -1));
        for (int start = 0; start < text.Length;)
        {
            CodePoints.At(text, start, out int single);
            bool hasSingle = false;
            int node = TokenTrie.Root;
            for (int end = start; end < text.Length && (node = _pieces.Step(node, text[end])) >= 0;)
            {
                end++;
                int id = _pieces.IdAt(node);
                if (id < 0)
                    continue;
                hasSingle |= end - start == single;
                Offer(start, end, best[start] + _scores[id], id);
            }

            if (!hasSingle)
                Offer(start, start + single, best[start] + _unknownScore, -1);
            start += single;
        }

        var path = new Stack<(int, int, int)>();
        for (int end = text.Length; end > 0; end = back[end].Start)
            path.Push((back[end].Start, end, back[end].Id == _unknownId ? -1 : back[end].Id));
        return path;

        void Offer(int start, int end, double score, int id)
        {
            if (back[end].Start < 0 || score > best[end])
                (best[end], back[end]) = (score, (start, id));
        }
    }
}
