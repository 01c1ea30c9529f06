using Gate.Numerics.LinearAlgebra;

namespace Gate.Compression.Calibration.Folding;

/// <summary>
/// What folding makes of a layer: <c>W'_ij = W_ij · c_j / r_i</c>, where its inputs were divided by c and its own outputs are divided by r. The model computes
/// the same.
/// </summary>
/// <param name="Columns">c, one positive value for each input, or null for 1.</param>
/// <param name="Rows">r, one positive value for each output, or null for 1.</param>
internal sealed record LayerScaling(float[]? Columns, float[]? Rows)
{
    /// <summary>The scaled weights.</summary>
    /// <param name="weights">Row-major; left alone.</param>
    /// <param name="columns">Input features.</param>
    public float[] Apply(ReadOnlySpan<float> weights, int columns)
    {
        float[] scaled = weights.ToArray();
        for (int row = 0; row < scaled.Length / columns; row++)
        {
            Span<float> values = scaled.AsSpan(row * columns, columns);
            if (Columns is not null)
                SpanArithmetic.Multiply(values, Columns, values);
            if (Rows is not null)
                SpanArithmetic.Divide(values, Rows[row], values);
        }

        return scaled;
    }

    /// <summary>Takes the scales out of a row again, to hold it against the weights it was made of.</summary>
    /// <param name="row">Index of the row.</param>
    /// <param name="values">Its scaled values; changed in place.</param>
    public void Undo(int row, Span<float> values)
    {
        if (Columns is not null)
            SpanArithmetic.Divide(values, Columns, values);
        if (Rows is not null)
            SpanArithmetic.Multiply(values, Rows[row], values);
    }
}
