namespace Gate.Models.Tokenization;

/// <summary>A token that is cut out of the text before anything else happens to it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="IsSingleWord">Whether it counts only where no word touches it.</param>
/// <param name="StripsLeft">Whether it takes the white space before it.</param>
/// <param name="StripsRight">Whether it takes the white space after it.</param>
/// <param name="IsNormalized">Whether it is looked for in the normalised text, itself normalised.</param>
/// <param name="IsSpecial">Whether decoding can leave it out.</param>
internal sealed record AddedToken(
    int Id, string Content, bool IsSingleWord, bool StripsLeft, bool StripsRight, bool IsNormalized, bool IsSpecial)
{
    /// <summary>Adds everything that decides what the token does.</summary>
    public void Describe(TokenizerDigest digest) =>
        digest.Add(Id).Add(Content).Add(IsSingleWord).Add(StripsLeft).Add(StripsRight).Add(IsNormalized).Add(IsSpecial);
}
