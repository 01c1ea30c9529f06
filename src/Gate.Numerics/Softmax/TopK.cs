namespace Gate.Numerics.Softmax;

/// <summary>How a selection ended.</summary>
/// <param name="Count">Indices written: fewer than asked for when there are fewer numbers.</param>
/// <param name="HasNaN">Whether a NaN was met: it is never selected, but the row is not to be trusted.</param>
public readonly record struct TopKResult(int Count, bool HasNaN);

/// <summary>Selection of the k largest values, largest first, ties to the lower index.</summary>
public static class TopK
{
    /// <summary>Selects as many indices as <paramref name="indices"/> has room for.</summary>
    /// <param name="values">Any values.</param>
    /// <param name="indices">Receives indices in falling order of value; equal values in rising order of index.</param>
    public static TopKResult Select(ReadOnlySpan<float> values, Span<int> indices)
    {
        int count = 0;
        bool hasNaN = false;
        for (int i = 0; i < values.Length; i++)
        {
            float value = values[i];
            if (float.IsNaN(value))
            {
                hasNaN = true;
                continue;
            }

            if (count == indices.Length && (count == 0 || value <= values[indices[count - 1]]))
                continue;
            int place = count < indices.Length ? count++ : count - 1;
            while (place > 0 && value > values[indices[place - 1]])
            {
                indices[place] = indices[place - 1];
                place--;
            }

            indices[place] = i;
        }

        return new TopKResult(count, hasNaN);
    }
}
