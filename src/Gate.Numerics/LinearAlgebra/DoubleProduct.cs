using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.Memory;
using Gate.Numerics.Threading;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>What happens to C with the product.</summary>
internal enum ProductUse
{
    /// <summary>C = A·B.</summary>
    Replace,

    /// <summary>C = −A·B.</summary>
    ReplaceNegated,

    /// <summary>C −= A·B.</summary>
    Subtract,
}

/// <summary>Which elements of B count.</summary>
internal enum RightSide
{
    /// <summary>B is given transposed: C[i, j] uses row j of B.</summary>
    Transposed,

    /// <summary>B is lower triangular: what stands above its diagonal counts as zero and is not read.</summary>
    LowerTriangular,

    /// <summary>B is upper triangular: what stands below its diagonal counts as zero and is not read.</summary>
    UpperTriangular,

    /// <summary>All of B.</summary>
    Full,
}

/// <summary>
/// Blocked product of row-major binary64 matrices for the factorisations. A is copied before anything is written, so C may be the place of A; it may
/// be the place of B when the inner dimension is at most one block. Each element is computed by one thread in one fixed order.
/// </summary>
internal sealed unsafe class DoubleProduct
{
    /// <summary>Inner dimension of a block: 256 × 24 binary64 are 48 KiB, which stay in the second-level cache while the rows pass.</summary>
    public const int BlockDepth = 256;

    private const int Rows = DoubleKernels.Rows;
    private const int Columns = DoubleKernels.Columns;
    private const int Lanes = 8;

    /// <summary>Rows of C, columns of C and inner dimension.</summary>
    public required (int M, int N, int K) Shape { get; init; }

    /// <summary>Left factor and the distance of its rows.</summary>
    public required double* A { get; init; }

    /// <summary>Right factor.</summary>
    public required double* B { get; init; }

    /// <summary>Result.</summary>
    public required double* C { get; init; }

    /// <summary>Elements from one row to the next, in A, B and C.</summary>
    public required (int A, int B, int C) Stride { get; init; }

    /// <summary>What is done with C.</summary>
    public required ProductUse Use { get; init; }

    /// <summary>How B is read.</summary>
    public required RightSide Right { get; init; }

    /// <summary>Whether tiles that lie wholly above the diagonal of C are left out.</summary>
    public bool OnlyLower { get; init; }

    /// <summary>Computes C.</summary>
    public void Run(ComputeThreads threads)
    {
        (int m, int n, int k) = Shape;
        int groups = (m + Rows - 1) / Rows, panels = (n + Columns - 1) / Columns;
        double* packed = (double*)ThreadScratch.Tokens.Take(2L * groups * Rows * k);
        ParallelWork.Run(groups, threads, group => PackRows(group, packed + ((long)group * Rows * k)));
        ParallelWork.Run(panels, threads, panel => RunPanel(panel, packed));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackRows(int group, double* destination)
    {
        int first = group * Rows, real = Math.Min(Rows, Shape.M - first), k = Shape.K;
        for (int i = 0; i < Rows; i++)
        {
            double* row = A + ((long)(first + i) * Stride.A);
            for (int at = 0; at < k; at++)
                destination[((long)at * Rows) + i] = i < real ? row[at] : 0;
        }
    }

    private void RunPanel(int panel, double* packed)
    {
        double* b = (double*)ThreadScratch.Panel.Take(2L * BlockDepth * Columns);
        double* tile = stackalloc double[Rows * Columns];
        int firstColumn = panel * Columns;
        int start = Right == RightSide.LowerTriangular ? firstColumn : 0;
        bool isFirst = true;
        int end = Right == RightSide.UpperTriangular ? Math.Min(Shape.K, firstColumn + Columns) : Shape.K;
        for (int first = start; first < end; first += BlockDepth, isFirst = false)
        {
            int depth = Math.Min(BlockDepth, end - first);
            PackColumns(firstColumn, first, depth, b);
            int firstRow = OnlyLower ? firstColumn / Rows * Rows : 0;
            for (int row = firstRow; row < Shape.M; row += Rows)
            {
                DoubleKernels.Compute(packed + ((long)row * Shape.K) + ((long)first * Rows), b, depth, tile);
                Merge(tile, row, firstColumn, isFirst);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackColumns(int firstColumn, int first, int depth, double* destination)
    {
        int real = Math.Min(Columns, Shape.N - firstColumn);
        if (Right == RightSide.Transposed)
        {
            for (int j = 0; j < Columns; j++)
            {
                double* row = B + ((long)(firstColumn + j) * Stride.B) + first;
                for (int k = 0; k < depth; k++)
                    destination[(k * Columns) + j] = j < real ? row[k] : 0;
            }

            return;
        }

        for (int k = 0; k < depth; k++)
        {
            double* row = B + ((long)(first + k) * Stride.B) + firstColumn;
            int used = Right == RightSide.LowerTriangular ? Math.Clamp(first + k - firstColumn + 1, 0, real) : real;
            var line = new Span<double>(destination + (k * Columns), Columns);
            int unused = Right == RightSide.UpperTriangular ? Math.Clamp(first + k - firstColumn, 0, real) : 0;
            new ReadOnlySpan<double>(row + unused, used - unused).CopyTo(line[unused..]);
            line[..unused].Clear();
            line[used..].Clear();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Merge(double* tile, int firstRow, int firstColumn, bool isFirst)
    {
        int rows = Math.Min(Rows, Shape.M - firstRow), columns = Math.Min(Columns, Shape.N - firstColumn);
        bool adds = Use == ProductUse.Replace, replaces = isFirst && Use != ProductUse.Subtract;
        for (int i = 0; i < rows; i++)
        {
            double* sums = tile + (i * Columns);
            double* c = C + ((long)(firstRow + i) * Stride.C) + firstColumn;
            int j = 0;
            if (Vector128.IsHardwareAccelerated)
            {
                for (; j <= columns - Lanes; j += Lanes)
                {
                    Vector512<double> before = replaces ? Vector512<double>.Zero : Vector512.Load(c + j);
                    (adds ? before + Vector512.Load(sums + j) : before - Vector512.Load(sums + j)).Store(c + j);
                }
            }

            for (; j < columns; j++)
            {
                double before = replaces ? 0 : c[j];
                c[j] = adds ? before + sums[j] : before - sums[j];
            }
        }
    }
}
