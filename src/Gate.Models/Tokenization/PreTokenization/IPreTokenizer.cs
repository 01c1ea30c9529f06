namespace Gate.Models.Tokenization.PreTokenization;

/// <summary>Splits pieces of text into smaller ones that the model turns into tokens one by one.</summary>
internal interface IPreTokenizer
{
    /// <summary>The pieces of a piece, in order; empty ones are left out. Never called with an added token.</summary>
    IEnumerable<Piece> Split(Piece piece);

    /// <summary>Adds everything that decides what this part does.</summary>
    void Describe(TokenizerDigest digest);
}
