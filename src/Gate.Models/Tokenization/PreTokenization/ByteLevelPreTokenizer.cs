using Gate.Models.Tokenization.Patterns;

namespace Gate.Models.Tokenization.PreTokenization;

/// <summary>Splits as GPT-2 does (unless another splitter did already) and spells every byte of UTF-8 as a character.</summary>
internal sealed class ByteLevelPreTokenizer(bool addsPrefixSpace, bool usesPattern) : IPreTokenizer
{
    private static readonly PatternSplitter Gpt2 = new(
        new RegexPattern(new Pattern(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")), SplitBehavior.Isolated, isInverted: false);

    /// <inheritdoc/>
    public IEnumerable<Piece> Split(Piece piece)
    {
        if (addsPrefixSpace && !piece.Text.StartsWith(' '))
            piece = piece with { Text = " " + piece.Text };
        IEnumerable<Piece> pieces = usesPattern ? Gpt2.Split(piece) : [piece];
        return pieces.Select(part => part with { Text = ByteCharacters.Spell(part.Text) });
    }

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("byte level").Add(addsPrefixSpace).Add(usesPattern);
}
