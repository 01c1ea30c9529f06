using Gate.Models.Structure;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Threading;

namespace Gate.Compression.Pruning.Structured;

/// <summary>Norms of the rows or columns of a matrix, and which are smallest.</summary>
internal static class SliceNorms
{
    private const int RowsOfPiece = 16;

    // A strip's sums, 8 bytes a column, stay in the first-level cache while all rows go by.
    private const int ColumnsOfPiece = 1024;

    /// <summary>Σ |w|ⁿ of every slice, or max |w| for n = ∞. The root is monotone: comparing these sums compares norms.</summary>
    /// <param name="weights">Row-major, rows × <paramref name="columns"/>; finite.</param>
    /// <param name="columns">Input features.</param>
    /// <param name="order">n of the norm.</param>
    /// <param name="dimension">What a slice is.</param>
    /// <param name="threads">Threads that may be used; they change no bit.</param>
    public static double[] Sums(ReadOnlyMemory<float> weights, int columns, double order, SliceDimension dimension, ComputeThreads threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        int rows = weights.Length / columns;
        double[] sums = new double[dimension == SliceDimension.Rows ? rows : columns];
        if (dimension == SliceDimension.Rows)
        {
            ParallelWork.Run((rows + RowsOfPiece - 1) / RowsOfPiece, threads, piece =>
            {
                for (int row = piece * RowsOfPiece; row < Math.Min(rows, (piece + 1) * RowsOfPiece); row++)
                    sums[row] = NormSums.Of(weights.Span.Slice(row * columns, columns), order);
            });
        }
        else
        {
            ParallelWork.Run((columns + ColumnsOfPiece - 1) / ColumnsOfPiece, threads, piece =>
            {
                int start = piece * ColumnsOfPiece, width = Math.Min(ColumnsOfPiece, columns - start);
                for (int row = 0; row < rows; row++)
                    NormSums.Accumulate(weights.Span.Slice((row * columns) + start, width), order, sums.AsSpan(start, width));
            });
        }

        return sums;
    }

    /// <summary>Marks the <c>round(amount·n)</c> smallest of n numbers; equal ones fall in index order.</summary>
    /// <param name="norms">The numbers.</param>
    /// <param name="amount">Share to mark, 0 to 1.</param>
    public static bool[] Smallest(double[] norms, double amount)
    {
        bool[] smallest = new bool[norms.Length];
        OrderStatistics.MarkSmallest(norms, (int)PruneCounts.Exact(amount, norms.Length), new double[norms.Length], smallest);
        return smallest;
    }
}
