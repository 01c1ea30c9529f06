using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Threading;

namespace Gate.Compression.Quantization;

/// <summary>
/// Round to nearest with the scale of every group fitted to what its weights do: it lowers <c>Σ_j w_j (W_j − Ŵ_j)²</c> with
/// <c>w_j = h_j · √(σ² + W_j²)</c>, where h_j is the mean square of input j and σ² the mean square of the row's weights (the importance matrix of llama.cpp).
/// </summary>
/// <remarks>
/// From 19 starting ranges, the whole one first, codes and scale are fitted in turn: codes by rounding, then <c>s = Σ w W e / Σ w e²</c> over the elements e the
/// codes stand for, until the scale stays. The first grid with the strictly smallest error is kept, so no group is worse than with the whole range.
/// </remarks>
public static class ImportanceRounding
{
    private const int Starts = 9, Turns = 8;
    private const double StartStep = 0.1, FloatLevels = 7;

    /// <summary>Quantises a matrix.</summary>
    /// <param name="weights">Row-major, rows × columns, finite.</param>
    /// <param name="rows">Output features.</param>
    /// <param name="groupSize">Consecutive inputs that share a grid, or null for one grid per row; the last group may be shorter.</param>
    /// <param name="options">Which grid.</param>
    /// <param name="meanSquares">h, one for each column, up to a common factor.</param>
    /// <param name="threads">Rows are divided over these.</param>
    public static QuantizedMatrix Quantize(
        ReadOnlyMemory<float> weights, int rows, int? groupSize, GridOptions options, double[] meanSquares, ComputeThreads threads)
    {
        int columns = meanSquares.Length;
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, checked(rows * columns), nameof(weights));
        QuantizedMatrix matrix = new(rows, columns, options.Bits, groupSize ?? columns);
        ParallelWork.Run(rows, threads, row =>
        {
            ReadOnlySpan<float> values = weights.Span.Slice(row * columns, columns);
            double[] importance = Importance(values, meanSquares);
            for (int group = 0; group < matrix.Groups; group++)
            {
                int start = group * matrix.GroupSize;
                ReadOnlySpan<float> members = values.Slice(start, Math.Min(matrix.GroupSize, columns - start));
                QuantizationGrid grid = Fit(members, importance.AsSpan(start, members.Length), options);
                matrix.Grids[(row * matrix.Groups) + group] = grid;
                grid.Encode(members, matrix.Codes.AsSpan((row * columns) + start, members.Length));
            }
        });
        return matrix;
    }

    /// <summary>w of a row.</summary>
    /// <param name="row">Its weights.</param>
    /// <param name="meanSquares">h, one for each weight.</param>
    public static double[] Importance(ReadOnlySpan<float> row, ReadOnlySpan<double> meanSquares)
    {
        double squares = 0;
        foreach (float weight in row)
            squares += (double)weight * weight;
        double[] importance = new double[row.Length];
        for (int i = 0; i < importance.Length; i++)
            importance[i] = meanSquares[i] * Math.Sqrt((squares / row.Length) + ((double)row[i] * row[i]));
        return importance;
    }

    /// <summary>The grid of a group.</summary>
    /// <param name="weights">The group, finite.</param>
    /// <param name="importance">w, one for each weight, at least 0.</param>
    /// <param name="options">Which grid.</param>
    public static QuantizationGrid Fit(ReadOnlySpan<float> weights, ReadOnlySpan<double> importance, GridOptions options)
    {
        (float minimum, float maximum) = QuantizationGrid.RangeOf(weights);
        QuantizationGrid best = QuantizationGrid.FromRange(minimum, maximum, options);
        Span<float> rounded = weights.Length <= 1024 ? stackalloc float[weights.Length] : new float[weights.Length];
        (double least, _) = Try(weights, importance, best, rounded);
        double levels = options.Elements == GridElements.Integer ? Math.Max(best.High - best.Zero, best.Zero - best.Low) : FloatLevels;
        for (int start = 0; start <= 2 * Starts; start++)
        {
            // 0, −9 … −1, 1 … 9 steps away from the whole range.
            int offset = start == 0 ? 0 : start <= Starts ? start - Starts - 1 : start - Starts;
            float share = (float)(levels / (levels + (StartStep * offset)));
            QuantizationGrid grid = QuantizationGrid.FromRange(share * minimum, share * maximum, options);
            for (int turn = 0; turn < Turns; turn++)
            {
                (double error, double? scale) = Try(weights, importance, grid, rounded);
                if (error < least)
                    (least, best) = (error, grid);
                if (scale is null)
                    break;
                QuantizationGrid next = grid.Rescaled(scale.Value, options);
                if (next == grid)
                    break;
                grid = next;
            }
        }

        return best;
    }

    // The error of a grid, and the scale that would suit its codes best, or null where every code stands for 0.
    private static (double Error, double? Scale) Try(ReadOnlySpan<float> weights, ReadOnlySpan<double> importance, QuantizationGrid grid, Span<float> elements)
    {
        grid.RoundToElements(weights, elements);
        (double error, double product, double square) = ErrorSums.WeightedFit(importance, weights, elements, grid.Scale);
        return (error, product > 0 && square > 0 ? product / square : null);
    }
}
