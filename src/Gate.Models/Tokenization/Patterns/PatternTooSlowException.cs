namespace Gate.Models.Tokenization.Patterns;

/// <summary>Matching took more steps than any sensible pattern needs.</summary>
internal sealed class PatternTooSlowException() : Exception("matching exceeded the bound on steps");
