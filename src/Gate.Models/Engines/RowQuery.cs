namespace Gate.Models.Engines;

/// <summary>What is wanted of one row of logits.</summary>
/// <param name="Row">Row of the projected matrix; queries are ordered by it.</param>
/// <param name="Targets">Ids whose log-probability and rank are wanted.</param>
/// <param name="Top">How many of the most probable ids are wanted.</param>
internal readonly record struct RowQuery(int Row, ReadOnlyMemory<int> Targets, int Top);
