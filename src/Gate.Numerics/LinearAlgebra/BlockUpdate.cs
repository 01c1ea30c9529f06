using Gate.Numerics.Memory;
using Gate.Numerics.Threading;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// C −= A·B on parts of row-major binary64 matrices, by blocked products. Each element's products are summed in their order, in runs of 256, by one thread, and each run's sum is taken from C.
/// </summary>
public static class BlockUpdate
{
    /// <summary>Subtracts the product.</summary>
    /// <param name="c">[rows, columns], its first element first.</param>
    /// <param name="a">[rows, inner].</param>
    /// <param name="b">[inner, columns]; not the memory of <paramref name="c"/>.</param>
    /// <param name="strides">Elements from one row to the next in each.</param>
    /// <param name="shape">Sizes; none may be 0.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <exception cref="ArgumentException">A span is shorter than its shape.</exception>
    public static unsafe void SubtractProduct(
        Span<double> c, ReadOnlySpan<double> a, ReadOnlySpan<double> b, (int C, int A, int B) strides, (int Rows, int Columns, int Inner) shape, ComputeThreads threads)
    {
        LengthCheck.RequireRoom(Extent(shape.Rows, strides.C, shape.Columns), c.Length);
        LengthCheck.RequireRoom(Extent(shape.Rows, strides.A, shape.Inner), a.Length);
        LengthCheck.RequireRoom(Extent(shape.Inner, strides.B, shape.Columns), b.Length);

        // Pinned for the duration of the call, because worker threads cannot hold references to spans.
        fixed (double* result = c, left = a, right = b)
        {
            new DoubleProduct
            {
                A = left,
                B = right,
                C = result,
                Stride = (strides.A, strides.B, strides.C),
                Shape = (shape.Rows, shape.Columns, shape.Inner),
                Use = ProductUse.Subtract,
                Right = RightSide.Full,
            }.Run(threads);
        }
    }

    private static long Extent(int rows, int stride, int columns) => ((long)(rows - 1) * stride) + columns;
}
