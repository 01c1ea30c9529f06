namespace Gate.Models.Tokenization.Reading.SentencePiece;

/// <summary>What a SentencePiece model file holds, as far as it decides ids.</summary>
/// <param name="Path">The file.</param>
/// <param name="Pieces">The pieces in the order of their ids.</param>
/// <param name="IsBytePairs">Whether the model is byte pairs by score; otherwise it is a unigram model.</param>
/// <param name="FallsBackToBytes">Whether unknown characters are spelled with byte pieces.</param>
/// <param name="UnknownId">The id of what no piece spells.</param>
/// <param name="UnknownPiece">Its piece.</param>
/// <param name="NormalizationMap">The compiled normalisation map; empty for none.</param>
/// <param name="AddsDummyPrefix">Whether a space is put in front of a text.</param>
internal sealed record SentencePieceModel(
    string Path,
    IReadOnlyList<ModelPiece> Pieces,
    bool IsBytePairs,
    bool FallsBackToBytes,
    int UnknownId,
    string UnknownPiece,
    ReadOnlyMemory<byte> NormalizationMap,
    bool AddsDummyPrefix);

/// <summary>A piece.</summary>
/// <param name="Text">Its spelling.</param>
/// <param name="Score">Its log-probability, or minus its rank.</param>
/// <param name="Kind">What it is for.</param>
internal readonly record struct ModelPiece(string Text, double Score, ModelPieceKind Kind);

/// <summary>What a piece is for; the numbers are the file's.</summary>
internal enum ModelPieceKind
{
    /// <summary>Spells text.</summary>
    Normal = 1,

    /// <summary>Stands for what no piece spells.</summary>
    Unknown = 2,

    /// <summary>Never made of text, for example the beginning of a sequence.</summary>
    Control = 3,

    /// <summary>Always a token where its text stands.</summary>
    UserDefined = 4,

    /// <summary>A place without a use.</summary>
    Unused = 5,

    /// <summary>A byte.</summary>
    Byte = 6,
}
