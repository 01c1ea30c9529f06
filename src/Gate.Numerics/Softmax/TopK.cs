using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Numerics.Softmax;

/// <summary>How a selection ended.</summary>
/// <param name="Count">Indices written: fewer than asked for when there are fewer numbers.</param>
/// <param name="HasNaN">Whether a NaN was met: it is never selected, but the row is not to be trusted.</param>
public readonly record struct TopKResult(int Count, bool HasNaN);

/// <summary>Selection of the k largest values, largest first, ties to the lower index.</summary>
public static class TopK
{
    private const int Lanes = 16;

    /// <summary>Selects as many indices as <paramref name="indices"/> has room for; meant for k far below the number of values.</summary>
    /// <param name="values">Any values.</param>
    /// <param name="indices">Receives indices in falling order of value; equal values in rising order of index.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static TopKResult Select(ReadOnlySpan<float> values, Span<int> indices)
    {
        int count = 0, i = 0;
        bool hasNaN = false;
        while (i < values.Length)
        {
            // Once the list is full, whole vectors without a larger value (and without a NaN) are passed over.
            if (Vector128.IsHardwareAccelerated && count == indices.Length && count > 0)
                i = SkipSmaller(values, i, values[indices[count - 1]]);
            int end = Math.Min(i + Lanes, values.Length);
            for (; i < end; i++)
            {
                if (float.IsNaN(values[i]))
                    hasNaN = true;
                else
                    count = Insert(values, i, indices, count);
            }
        }

        return new TopKResult(count, hasNaN);
    }

    private static int SkipSmaller(ReadOnlySpan<float> values, int from, float least)
    {
        Vector512<float> border = Vector512.Create(least);
        while (from <= values.Length - Lanes && Vector512.LessThanOrEqualAll(Vector512.Create(values.Slice(from, Lanes)), border))
            from += Lanes;
        return from;
    }

    private static int Insert(ReadOnlySpan<float> values, int index, Span<int> indices, int count)
    {
        float value = values[index];
        if (count == indices.Length && (count == 0 || value <= values[indices[count - 1]]))
            return count;
        int place = count < indices.Length ? count++ : count - 1;
        for (; place > 0 && value > values[indices[place - 1]]; place--)
            indices[place] = indices[place - 1];
        indices[place] = index;
        return count;
    }
}
