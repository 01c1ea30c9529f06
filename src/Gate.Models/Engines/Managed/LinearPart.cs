using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.LinearAlgebra.Int8;
using Gate.Numerics.Threading;

namespace Gate.Models.Engines.Managed;

/// <summary>Neighbouring outputs of stacked layers that are multiplied in one way.</summary>
internal abstract class LinearPart : IDisposable
{
    /// <summary>Number of outputs.</summary>
    public abstract int Outputs { get; }

    /// <summary>Writes its outputs into rows of y.</summary>
    /// <param name="x">[tokens, inputs].</param>
    /// <param name="tokens">Rows.</param>
    /// <param name="bias">One value for each output, or empty.</param>
    /// <param name="y">Rows of <paramref name="stride"/> values.</param>
    /// <param name="stride">Values of a row of y.</param>
    /// <param name="firstColumn">Where in a row the outputs go.</param>
    /// <param name="threads">Threads that may be used.</param>
    public abstract void Multiply(
        ReadOnlySpan<float> x, int tokens, ReadOnlySpan<float> bias, Span<float> y, int stride, int firstColumn, ComputeThreads threads);

    public abstract void Dispose();
}

/// <summary>Plain weights and plain activations.</summary>
internal sealed class DensePart(PackedMatrix matrix) : LinearPart
{
    private ManagedMatrix? _outputs;

    /// <summary>The weights.</summary>
    public PackedMatrix Matrix => matrix;

    public override int Outputs => matrix.Rows;

    public override void Multiply(
        ReadOnlySpan<float> x, int tokens, ReadOnlySpan<float> bias, Span<float> y, int stride, int firstColumn, ComputeThreads threads)
    {
        if (stride == matrix.Rows)
        {
            MatrixProduct.Multiply(x, tokens, matrix, bias, y, threads);
            return;
        }

        _outputs ??= new ManagedMatrix(matrix.Rows);
        _outputs.Resize(tokens);
        MatrixProduct.Multiply(x, tokens, matrix, bias, _outputs.Values, threads);
        for (int token = 0; token < tokens; token++)
            _outputs.Row(token).CopyTo(y[((token * stride) + firstColumn)..]);
    }

    public override void Dispose()
    {
        matrix.Dispose();
        _outputs?.Dispose();
    }
}

/// <summary>Weights and activations as 8-bit integers.</summary>
internal sealed class IntegerPart(Int8Matrix matrix) : LinearPart
{
    public override int Outputs => matrix.Rows;

    public override void Multiply(
        ReadOnlySpan<float> x, int tokens, ReadOnlySpan<float> bias, Span<float> y, int stride, int firstColumn, ComputeThreads threads) =>
        Int8Product.Multiply(x, tokens, matrix, bias, y, stride, firstColumn, threads);

    public override void Dispose() => matrix.Dispose();
}
