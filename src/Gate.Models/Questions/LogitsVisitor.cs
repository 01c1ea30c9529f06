namespace Gate.Models.Questions;

/// <summary>Receives one row of logits.</summary>
/// <param name="position">Position in the sequence, from 0.</param>
/// <param name="logits">One value per vocabulary entry.</param>
public delegate void LogitsVisitor(int position, ReadOnlySpan<float> logits);
