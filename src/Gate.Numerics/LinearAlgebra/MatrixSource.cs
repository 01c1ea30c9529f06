using Gate.Numerics.NumberFormats;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>A stored matrix to be packed.</summary>
/// <param name="Data">[rows, columns], row-major, little-endian.</param>
/// <param name="Format">Float32, BFloat16 or Float16.</param>
/// <param name="Rows">Outputs.</param>
/// <param name="Columns">Inputs.</param>
public readonly record struct MatrixSource(ReadOnlyMemory<byte> Data, NumberFormat Format, int Rows, int Columns);
