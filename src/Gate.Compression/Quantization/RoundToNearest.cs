using Gate.Numerics.Threading;

namespace Gate.Compression.Quantization;

/// <summary>
/// Round to nearest (RTN): every weight goes to the nearest value of its group's grid, on its own. A pruned weight is 0 and 0 is on every grid, so
/// masks survive exactly.
/// </summary>
public static class RoundToNearest
{
    /// <summary>Quantises a matrix.</summary>
    /// <param name="weights">Row-major, rows × columns, finite.</param>
    /// <param name="rows">Output features.</param>
    /// <param name="columns">Input features.</param>
    /// <param name="groupSize">Consecutive inputs that share a grid, or null for one grid per row; the last group may be shorter.</param>
    /// <param name="options">Which grid.</param>
    /// <param name="threads">Rows are divided over these.</param>
    public static QuantizedMatrix Quantize(
        ReadOnlyMemory<float> weights, int rows, int columns, int? groupSize, GridOptions options, ComputeThreads threads)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, checked(rows * columns), nameof(weights));
        QuantizedMatrix matrix = new(rows, columns, options.Bits, groupSize ?? columns);
        ParallelWork.Run(rows, threads, row =>
        {
            ReadOnlySpan<float> values = weights.Span.Slice(row * columns, columns);
            Span<byte> codes = matrix.Codes.AsSpan(row * columns, columns);
            for (int group = 0; group < matrix.Groups; group++)
            {
                int start = group * matrix.GroupSize;
                ReadOnlySpan<float> members = values.Slice(start, Math.Min(matrix.GroupSize, columns - start));
                QuantizationGrid grid = QuantizationGrid.Fit(members, options);
                matrix.Grids[row * matrix.Groups + group] = grid;
                grid.Encode(members, codes.Slice(start, members.Length));
            }
        });
        return matrix;
    }

    /// <summary>The values that a row's weights are rounded to.</summary>
    /// <param name="weights">A row, finite.</param>
    /// <param name="groupSize">Consecutive inputs that share a grid; the last group may be shorter.</param>
    /// <param name="options">Which grid.</param>
    /// <param name="destination">Room for one value for each weight; may be the weights' own memory.</param>
    public static void Round(ReadOnlySpan<float> weights, int groupSize, GridOptions options, Span<float> destination)
    {
        for (int start = 0; start < weights.Length; start += groupSize)
        {
            ReadOnlySpan<float> members = weights.Slice(start, Math.Min(groupSize, weights.Length - start));
            QuantizationGrid.Fit(members, options).Round(members, destination.Slice(start, members.Length));
        }
    }
}
