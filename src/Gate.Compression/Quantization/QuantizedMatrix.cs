using Gate.Numerics.Threading;

namespace Gate.Compression.Quantization;

/// <summary>A weight matrix on grids: unsigned codes and, for every row and group of columns, a grid (scale, zero code, what codes stand for).</summary>
public sealed class QuantizedMatrix
{
    /// <summary>Makes room for a matrix.</summary>
    /// <param name="rows">Output features.</param>
    /// <param name="columns">Input features.</param>
    /// <param name="bits">Bits per code.</param>
    /// <param name="groupSize">Consecutive columns that share a grid; the last group may be shorter. The number of columns when per channel.</param>
    public QuantizedMatrix(int rows, int columns, int bits, int groupSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groupSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 8);
        Rows = rows;
        Columns = columns;
        Bits = bits;
        GroupSize = groupSize;
        Groups = (columns + groupSize - 1) / groupSize;
        Codes = new byte[checked(rows * columns)];
        Grids = new QuantizationGrid[checked(rows * Groups)];
        GroupIndex = new int[columns];
        for (int column = 0; column < columns; column++)
            GroupIndex[column] = column / groupSize;
    }

    /// <summary>Output features.</summary>
    public int Rows { get; }

    /// <summary>Input features.</summary>
    public int Columns { get; }

    /// <summary>Bits per code.</summary>
    public int Bits { get; }

    /// <summary>Columns that share a grid.</summary>
    public int GroupSize { get; }

    /// <summary>Grids in every row.</summary>
    public int Groups { get; }

    /// <summary>Codes 0 … 2^b − 1, row-major.</summary>
    public byte[] Codes { get; }

    /// <summary>Grids, rows × <see cref="Groups"/>.</summary>
    public QuantizationGrid[] Grids { get; }

    /// <summary>Group of each column in its original order; column / group size unless columns were reordered.</summary>
    public int[] GroupIndex { get; }

    /// <summary>The grid of an element.</summary>
    public QuantizationGrid GridOf(int row, int column) => Grids[row * Groups + GroupIndex[column]];

    /// <summary>The values of a row.</summary>
    /// <param name="row">Row index.</param>
    /// <param name="destination">Room for <see cref="Columns"/> values.</param>
    public void Dequantize(int row, Span<float> destination)
    {
        ReadOnlySpan<byte> codes = Codes.AsSpan(row * Columns, Columns);
        ReadOnlySpan<QuantizationGrid> grids = Grids.AsSpan(row * Groups, Groups);
        for (int start = 0, end; start < codes.Length; start = end)
        {
            int group = GroupIndex[start];
            end = start + 1;
            while (end < codes.Length && GroupIndex[end] == group)
                end++;
            grids[group].Decode(codes[start..end], destination[start..end]);
        }
    }

    /// <summary>All values, row-major.</summary>
    /// <param name="destination">Room for them.</param>
    /// <param name="threads">Rows are divided over these.</param>
    public void Dequantize(Memory<float> destination, ComputeThreads threads)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, Codes.Length, nameof(destination));
        ParallelWork.Run(Rows, threads, row => Dequantize(row, destination.Span.Slice(row * Columns, Columns)));
    }

    /// <summary>All values, row-major.</summary>
    /// <param name="threads">Rows are divided over these.</param>
    public float[] Dequantize(ComputeThreads threads)
    {
        float[] values = new float[Codes.Length];
        Dequantize(values, threads);
        return values;
    }
}
