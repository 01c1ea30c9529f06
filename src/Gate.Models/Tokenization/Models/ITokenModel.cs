namespace Gate.Models.Tokenization.Models;

/// <summary>Turns one pre-tokenized piece into ids of a vocabulary. Safe for use from several threads.</summary>
internal interface ITokenModel
{
    /// <summary>The vocabulary.</summary>
    Vocabulary Vocabulary { get; }

    /// <summary>Appends the ids of a piece.</summary>
    /// <param name="piece">Not empty.</param>
    /// <param name="ids">Receives the ids.</param>
    void Tokenize(string piece, List<int> ids);

    /// <summary>Adds everything that decides what this part does.</summary>
    void Describe(TokenizerDigest digest);
}
