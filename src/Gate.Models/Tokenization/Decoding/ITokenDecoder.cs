namespace Gate.Models.Tokenization.Decoding;

/// <summary>Turns tokens back into text, one step of it.</summary>
internal interface ITokenDecoder
{
    /// <summary>The tokens rewritten; joined at the end, they are the text.</summary>
    List<string> Decode(List<string> tokens);

    /// <summary>Adds everything that decides what this part does.</summary>
    void Describe(TokenizerDigest digest);
}
