namespace Gate.Models.Checkpoints.Quantized;

/// <summary>The codes of a matrix, wherever and however they are packed. Every code is exact in binary32.</summary>
/// <param name="rows">Outputs.</param>
/// <param name="columns">Inputs.</param>
internal abstract class MatrixCodes(int rows, int columns)
{
    /// <summary>Outputs.</summary>
    public int Rows => rows;

    /// <summary>Inputs.</summary>
    public int Columns => columns;

    /// <summary>Bits of one code, without the parts that are not codes.</summary>
    public abstract double Bits { get; }

    /// <summary>Reads whole rows. Safe from several threads.</summary>
    /// <param name="firstRow">First row.</param>
    /// <param name="rowCount">Rows.</param>
    /// <param name="destination">[<paramref name="rowCount"/>, <see cref="Columns"/>] values.</param>
    public abstract void ReadRows(long firstRow, int rowCount, Span<float> destination);
}
