namespace Gate.Models.Checkpoints.Quantized;

/// <summary>A matrix that a runtime multiplies as integers: 8-bit codes without zero points, for activations that are rounded to 8 bits as well.</summary>
/// <param name="GroupSize">Consecutive columns that share a scale.</param>
/// <param name="Read">Reads a row.</param>
internal sealed record IntegerRows(int GroupSize, ReadIntegerRow Read);

/// <summary>Reads one row of integer codes. Safe from several threads.</summary>
/// <param name="row">Row.</param>
/// <param name="codes">Receives one code for each column.</param>
/// <param name="scales">Receives one scale for each group.</param>
internal delegate void ReadIntegerRow(int row, Span<sbyte> codes, Span<float> scales);
