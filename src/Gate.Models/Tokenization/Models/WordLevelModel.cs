namespace Gate.Models.Tokenization.Models;

/// <summary>A token for every word of the vocabulary, one for all other words.</summary>
/// <param name="vocabulary">The tokens.</param>
/// <param name="unknownId">The id of a word outside the vocabulary.</param>
internal sealed class WordLevelModel(Vocabulary vocabulary, int unknownId) : ITokenModel
{
    /// <inheritdoc/>
    public Vocabulary Vocabulary => vocabulary;

    /// <inheritdoc/>
    public void Tokenize(string piece, List<int> ids) => ids.Add(vocabulary.IdOf(piece) ?? unknownId);

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => vocabulary.Describe(digest.Add("word level").Add(unknownId));
}
