using System.Buffers;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Models.Tokenization;

/// <summary>Cuts added tokens out of a text: the leftmost first, the longest of those that begin there.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly Dictionary<char, (string Content, AddedToken Token)[]> _byFirst;
    private readonly SearchValues<char> _firsts;

    /// <summary>Prepares tokens.</summary>
    /// <param name="tokens">Each with the text to look for; empty texts are never found. Of two equal texts the first counts.</param>
    public AddedTokenMatcher(IEnumerable<(string Content, AddedToken Token)> tokens)
    {
        _byFirst = tokens.Where(entry => entry.Content.Length > 0)
            .GroupBy(entry => entry.Content[0])
            .ToDictionary(group => group.Key, group => group.OrderByDescending(entry => entry.Content.Length).ToArray());
        _firsts = SearchValues.Create([.. _byFirst.Keys]);
    }

    /// <summary>The text in pieces, added tokens among them; empty pieces are left out.</summary>
    public List<Piece> Split(Piece piece)
    {
        string text = piece.Text;
        var pieces = new List<Piece>();
        int done = 0;
        for (int position = 0; Find(text, position) is { } found; position = found.End)
        {
            AddedToken token = found.Token;
            (int start, int end) = (found.Start, found.End);
            if (token.IsSingleWord && (EndsWithWord(text, start) || StartsWithWord(text, end)))
                continue;
            if (token.StripsLeft)
            {
                while (start > done && CodePoints.IsWhiteSpace(text[start - 1]))
                    start--;
            }

            if (token.StripsRight)
            {
                while (end < text.Length && CodePoints.IsWhiteSpace(text[end]))
                    end++;
            }

            if (start > done)
                pieces.Add(new Piece(text[done..start], piece.IsAtStart && done == 0));
            pieces.Add(new Piece(text[Math.Min(start, end)..end], piece.IsAtStart && start == 0, token.Id));
            done = end;
        }

        if (done < text.Length)
            pieces.Add(done == 0 ? piece : new Piece(text[done..], false));
        return pieces;
    }

    private (int Start, int End, AddedToken Token)? Find(string text, int position)
    {
        while (position < text.Length)
        {
            int offset = text.AsSpan(position).IndexOfAny(_firsts);
            if (offset < 0)
                return null;
            position += offset;
            foreach ((string content, AddedToken token) in _byFirst[text[position]])
            {
                if (string.CompareOrdinal(text, position, content, 0, content.Length) == 0)
                    return (position, position + content.Length, token);
            }

            position++;
        }

        return null;
    }

    private static bool EndsWithWord(string text, int end) => end > 0 && CodePoints.IsWord(CodePoints.At(text, CodePoints.Before(text, end), out _));

    private static bool StartsWithWord(string text, int start) => start < text.Length && CodePoints.IsWord(CodePoints.At(text, start, out _));
}
