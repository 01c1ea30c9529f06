namespace Gate.Models.Batching;

/// <summary>Consecutive rows of the key/value store that hold consecutive positions of a sequence.</summary>
/// <param name="FirstRow">First row.</param>
/// <param name="Count">Rows.</param>
internal readonly record struct KeyValueRun(int FirstRow, int Count);
