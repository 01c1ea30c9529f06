namespace Gate.Models.Tokenization.PreTokenization;

/// <summary>Splits the pieces of each pre-tokenizer with the next.</summary>
internal sealed class SequencePreTokenizer(IReadOnlyList<IPreTokenizer> parts) : IPreTokenizer
{
    /// <inheritdoc/>
    public IEnumerable<Piece> Split(Piece piece) => parts.Aggregate<IPreTokenizer, IEnumerable<Piece>>([piece], (pieces, part) => pieces.SelectMany(part.Split));

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("sequence").Add(parts, (part, into) => part.Describe(into));
}
