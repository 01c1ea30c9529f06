namespace Gate.Numerics.Softmax;

/// <summary>The index of the largest value.</summary>
/// <param name="Index">Lowest index that holds the largest number, −1 when there is none.</param>
/// <param name="HasNaN">Whether a NaN was met: it never wins, but the row is not to be trusted.</param>
public readonly record struct ArgMaxResult(int Index, bool HasNaN);

/// <summary>Selection of the largest value with ties to the lower index.</summary>
public static class ArgMax
{
    /// <summary>Finds the largest value.</summary>
    /// <param name="values">Any values.</param>
    public static ArgMaxResult Find(ReadOnlySpan<float> values)
    {
        int best = -1;
        bool hasNaN = false;
        for (int i = 0; i < values.Length; i++)
        {
            float value = values[i];
            if (float.IsNaN(value))
                hasNaN = true;
            else if (best < 0 || value > values[best])
                best = i;
        }

        return new ArgMaxResult(best, hasNaN);
    }
}
