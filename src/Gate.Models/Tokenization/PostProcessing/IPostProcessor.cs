namespace Gate.Models.Tokenization.PostProcessing;

/// <summary>Puts the special tokens around one or two encoded texts.</summary>
internal interface IPostProcessor
{
    /// <summary>The whole sequence.</summary>
    /// <param name="first">Ids of the first text.</param>
    /// <param name="second">Ids of the second text, or null when there is one only.</param>
    /// <param name="addSpecialTokens">Whether special tokens are wanted at all.</param>
    PairEncoding Process(IReadOnlyList<int> first, IReadOnlyList<int>? second, bool addSpecialTokens);

    /// <summary>Adds everything that decides what this part does.</summary>
    void Describe(TokenizerDigest digest);
}
