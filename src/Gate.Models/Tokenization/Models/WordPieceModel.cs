namespace Gate.Models.Tokenization.Models;

/// <summary>WordPiece (Schuster and Nakajima, 2012): the longest token that fits, again and again; a word that cannot be spelled is unknown as a whole.</summary>
/// <param name="vocabulary">The tokens.</param>
/// <param name="unknownId">The id of a word that cannot be spelled.</param>
/// <param name="prefix">Put in front of every token but a word's first.</param>
/// <param name="maximumCharacters">Longer words are unknown, in code points.</param>
internal sealed class WordPieceModel(Vocabulary vocabulary, int unknownId, string prefix, int maximumCharacters) : ITokenModel
{
    /// <inheritdoc/>
    public Vocabulary Vocabulary => vocabulary;

    /// <inheritdoc/>
    public void Tokenize(string piece, List<int> ids)
    {
        int before = ids.Count;
        bool isSpelled = piece.EnumerateRunes().Count() <= maximumCharacters;
        for (int start = 0; isSpelled && start < piece.Length;)
        {
            (int end, int id) = Longest(piece, start);
            isSpelled = id >= 0;
            ids.Add(id);
            start = end;
        }

        if (isSpelled)
            return;
        ids.RemoveRange(before, ids.Count - before);
        ids.Add(unknownId);
    }

    private (int End, int Id) Longest(string piece, int start)
    {
        string front = start > 0 ? prefix : "";
        string candidate = front + piece[start..];
        for (int end = piece.Length; end > start; end = Unicode.CodePoints.Before(piece, end))
        {
            int id = vocabulary.Find(candidate.AsSpan(0, front.Length + end - start));
            if (id >= 0)
                return (end, id);
        }

        return (piece.Length, -1);
    }

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => vocabulary.Describe(digest.Add("word piece").Add(unknownId).Add(prefix).Add(maximumCharacters));
}
