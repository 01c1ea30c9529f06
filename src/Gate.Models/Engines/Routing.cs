namespace Gate.Models.Engines;

/// <summary>The rows that one expert works on.</summary>
/// <param name="Expert">Index of the expert.</param>
/// <param name="Rows">Rows of the batch, ascending.</param>
/// <param name="Weights">What its output is multiplied by, row by row.</param>
internal sealed record ExpertRows(int Expert, int[] Rows, float[] Weights);
