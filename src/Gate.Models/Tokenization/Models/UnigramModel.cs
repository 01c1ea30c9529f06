using System.Text;
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
    private readonly int _longest;
    private readonly int[] _byteIds;

    /// <summary>Puts vocabulary and scores together.</summary>
    /// <param name="vocabulary">The pieces.</param>
    /// <param name="scores">The log-probability of each id.</param>
    /// <param name="unknownId">The id of what no piece spells, or null to drop it.</param>
    /// <param name="fallsBackToBytes">Whether unknown text is spelled with byte pieces when all of them exist.</param>
    public UnigramModel(Vocabulary vocabulary, double[] scores, int? unknownId, bool fallsBackToBytes)
    {
        (Vocabulary, _scores, _unknownId, _fallsBackToBytes) = (vocabulary, scores, unknownId, fallsBackToBytes);
        _unknownScore = scores.Min() - UnknownPenalty;
        _longest = Enumerable.Range(0, scores.Length).Max(id => vocabulary.TokenOf(id)?.Length ?? 0);
        _byteIds = ByteFallback.Ids(vocabulary);
    }

    /// <inheritdoc/>
    public Vocabulary Vocabulary { get; }

    /// <inheritdoc/>
    public void Tokenize(string piece, List<int> ids)
    {
        var unknown = new StringBuilder();
        foreach ((int start, int end, int id) in BestPath(piece))
        {
            if (id >= 0)
            {
                Flush(unknown, ids);
                ids.Add(id);
            }
            else
            {
                unknown.Append(piece, start, end - start);
            }
        }

        Flush(unknown, ids);
    }

    // Neighbouring unknown characters are one unknown piece.
    private void Flush(StringBuilder unknown, List<int> ids)
    {
        if (unknown.Length == 0)
            return;
        string text = unknown.ToString();
        unknown.Clear();
        if (_fallsBackToBytes && ByteFallback.TryAppend(_byteIds, text, ids))
            return;
        if (_unknownId is { } id)
            ids.Add(id);
    }

    // Of equal sums the path found first stays, with starts in order and the shortest pieces first: the order of the reference.
    private List<(int Start, int End, int Id)> BestPath(string text)
    {
        double[] best = new double[text.Length + 1];
        (int Start, int Id)[] back = new (int, int)[text.Length + 1];
        Array.Fill(best, double.NegativeInfinity);
        Array.Fill(back, (-1, -1));
        best[0] = 0;
        for (int start = 0; start < text.Length;)
        {
            CodePoints.At(text, start, out int single);
            bool hasSingle = false;
            for (int length = single; length <= Math.Min(_longest, text.Length - start); length++)
            {
                int id = Vocabulary.Find(text.AsSpan(start, length));
                if (id < 0)
                    continue;
                hasSingle |= length == single;
                Offer(start, start + length, best[start] + _scores[id], id);
            }

            if (!hasSingle)
                Offer(start, start + single, best[start] + _unknownScore, -1);
            start += single;
        }

        var path = new List<(int, int, int)>();
        for (int end = text.Length; end > 0; end = back[end].Start)
            path.Add((back[end].Start, end, back[end].Id == _unknownId ? -1 : back[end].Id));
        path.Reverse();
        return path;

        void Offer(int start, int end, double score, int id)
        {
            if (back[end].Start < 0 || score > best[end])
                (best[end], back[end]) = (score, (start, id));
        }
    }
}
