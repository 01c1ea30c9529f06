namespace Gate.Models.Tokenization;

/// <summary>A piece of the text on its way to ids.</summary>
/// <param name="Text">The piece, normalised, well-formed UTF-16.</param>
/// <param name="IsAtStart">Whether it begins where the whole text begins.</param>
/// <param name="AddedId">The id of the added token it is, or −1.</param>
internal readonly record struct Piece(string Text, bool IsAtStart, int AddedId = -1);
