namespace Gate.Numerics.PackedWeights;

/// <summary>One bit a weight, set where it is kept: bit i mod 8 of byte ⌊i/8⌋ of a row, as the sparse formats of compressed-tensors store it.</summary>
public static class Bitmask
{
    /// <summary>Bytes of a row of <paramref name="columns"/> weights.</summary>
    public static int BytesPerRow(int columns) => (columns + 7) / 8;

    /// <summary>The mask of a row: set where the weight is not zero.</summary>
    /// <param name="row">The row's weights.</param>
    /// <param name="mask">Receives <see cref="BytesPerRow"/> bytes.</param>
    public static void FromWeights(ReadOnlySpan<float> row, Span<byte> mask)
    {
        mask[..BytesPerRow(row.Length)].Clear();
        for (int i = 0; i < row.Length; i++)
        {
            if (row[i] != 0)
                mask[i >> 3] |= (byte)(1 << (i & 7));
        }
    }

    /// <summary>Puts kept values back in their places; the others become zero.</summary>
    /// <param name="mask">The row's mask.</param>
    /// <param name="kept">Kept values in row order.</param>
    /// <param name="row">Receives the row.</param>
    /// <returns>How many kept values were used.</returns>
    /// <exception cref="ArgumentException">The mask asks for more values than there are.</exception>
    public static int Expand(ReadOnlySpan<byte> mask, ReadOnlySpan<float> kept, Span<float> row)
    {
        int next = 0;
        for (int i = 0; i < row.Length; i++)
        {
            if ((mask[i >> 3] & (1 << (i & 7))) == 0)
                row[i] = 0;
            else if (next < kept.Length)
                row[i] = kept[next++];
            else
                throw new ArgumentException($"the mask keeps more than the {kept.Length} values stored", nameof(mask));
        }

        return next;
    }
}
