namespace Gate.Models.Tokenization.Patterns;

/// <summary>A pattern is malformed or uses a construct that is not implemented.</summary>
internal sealed class PatternSyntaxException(string reason) : Exception(reason);
