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
        for (int i = 0; i < scaled.Length; i++)
        {
            if (Columns is not null)
                scaled[i] *= Columns[i % columns];
            if (Rows is not null)
                scaled[i] /= Rows[i / columns];
        }

        return scaled;
    }

    /// <summary>Takes the scales out of a row again, to hold it against the weights it was made of.</summary>
    /// <param name="row">Index of the row.</param>
    /// <param name="values">Its scaled values; changed in place.</param>
    public void Undo(int row, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (Columns is not null)
                values[i] /= Columns[i];
            if (Rows is not null)
                values[i] *= Rows[row];
        }
    }
}
