using Gate.Models.Tokenization.Patterns;

namespace Gate.Models.Tokenization.PreTokenization;

/// <summary>Spells spaces as a visible character (U+2581), as SentencePiece does, and splits before it.</summary>
internal sealed class MetaspacePreTokenizer(string replacement, PrependScheme scheme, bool splits) : IPreTokenizer
{
    private readonly PatternSplitter _splitter = new(new LiteralPattern(replacement), SplitBehavior.MergedWithNext, isInverted: false);

    /// <inheritdoc/>
    public IEnumerable<Piece> Split(Piece piece)
    {
        string text = piece.Text.Replace(" ", replacement, StringComparison.Ordinal);
        bool prepends = scheme == PrependScheme.Always || (scheme == PrependScheme.First && piece.IsAtStart);
        if (prepends && !text.StartsWith(replacement, StringComparison.Ordinal))
            text = replacement + text;
        Piece spelled = piece with { Text = text };
        return splits ? _splitter.Split(spelled) : [spelled];
    }

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("metaspace").Add(replacement).Add((int)scheme).Add(splits);
}

/// <summary>Where <see cref="MetaspacePreTokenizer"/> puts a replacement in front.</summary>
internal enum PrependScheme
{
    /// <summary>Nowhere.</summary>
    Never,

    /// <summary>At the beginning of the whole text.</summary>
    First,

    /// <summary>At the beginning of every piece between added tokens.</summary>
    Always,
}
