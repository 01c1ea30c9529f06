namespace Gate.Models.Tokenization.Normalization;

/// <summary>Rewrites a piece of text before it is split.</summary>
internal interface INormalizer
{
    /// <summary>The rewritten text.</summary>
    /// <param name="text">Well-formed UTF-16.</param>
    string Normalize(string text);

    /// <summary>Adds everything that decides what this part does.</summary>
    void Describe(TokenizerDigest digest);
}
