using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.Memory;

namespace Gate.Numerics.Positions;

/// <summary>
/// Rotary position embedding, as a rule in the half-split convention (rotate_half; Su et al., 2021, as stored by Hugging Face): the pair of element i is
/// element i + rotaryDimension / 2.
/// </summary>
public static class RotaryEmbedding
{
    private const int Lanes = 16;

    /// <summary>Rotates the heads of one position in place.</summary>
    /// <param name="headRow">[headCount, headDimension] of one token.</param>
    /// <param name="headCount">Number of heads.</param>
    /// <param name="headDimension">Width of a head.</param>
    /// <param name="rotaryDimension">
    /// Leading elements of each head that turn; even, at most <paramref name="headDimension"/>. The rest stays as it is.
    /// </param>
    /// <param name="cos">Cosines of the position's angles, at least rotaryDimension / 2 (a duplicated second half is not read).</param>
    /// <param name="sin">Sines, likewise.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static void Apply(
        Span<float> headRow, int headCount, int headDimension, int rotaryDimension, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin)
    {
        int half = rotaryDimension / 2;
        if ((rotaryDimension & 1) != 0 || rotaryDimension < 0 || rotaryDimension > headDimension)
            throw new ArgumentException($"{rotaryDimension} of {headDimension} elements cannot be rotated in pairs", nameof(rotaryDimension));
        LengthCheck.RequireRoom((long)headCount * headDimension, headRow.Length);
        LengthCheck.RequireRoom(half, cos.Length);
        LengthCheck.RequireRoom(half, sin.Length);
        for (int head = 0; head < headCount; head++)
        {
            Span<float> rotated = headRow.Slice(head * headDimension, rotaryDimension);
            Rotate(rotated[..half], rotated[half..], cos[..half], sin[..half]);
        }
    }

    /// <summary>As <see cref="Apply"/>, of neighbouring elements: the pair of element 2i is element 2i + 1 (GPT-J, Cohere).</summary>
    /// <param name="headRow">[headCount, headDimension] of one token.</param>
    /// <param name="headCount">Number of heads.</param>
    /// <param name="headDimension">Width of a head.</param>
    /// <param name="rotaryDimension">Leading elements of each head that turn.</param>
    /// <param name="cos">Cosines of the position's angles, at least rotaryDimension / 2.</param>
    /// <param name="sin">Sines, likewise.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static void ApplyToNeighbours(
        Span<float> headRow, int headCount, int headDimension, int rotaryDimension, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin)
    {
        int half = rotaryDimension / 2;
        LengthCheck.RequireRoom((long)headCount * headDimension, headRow.Length);
        LengthCheck.RequireRoom(half, cos.Length);
        LengthCheck.RequireRoom(half, sin.Length);
        for (int head = 0; head < headCount; head++)
        {
            Span<float> rotated = headRow.Slice(head * headDimension, rotaryDimension);
            for (int i = 0; i < half; i++)
            {
                float x = rotated[2 * i], y = rotated[(2 * i) + 1];
                rotated[2 * i] = MathF.FusedMultiplyAdd(x, cos[i], -(y * sin[i]));
                rotated[(2 * i) + 1] = MathF.FusedMultiplyAdd(y, cos[i], x * sin[i]);
            }
        }
    }

    private static void Rotate(Span<float> first, Span<float> second, ReadOnlySpan<float> cos, ReadOnlySpan<float> sin)
    {
        int i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            ref float a = ref MemoryMarshal.GetReference(first);
            ref float b = ref MemoryMarshal.GetReference(second);
            ref float c = ref MemoryMarshal.GetReference(cos);
            ref float s = ref MemoryMarshal.GetReference(sin);
            for (; i <= first.Length - Lanes; i += Lanes)
            {
                nuint at = (nuint)i;
                Vector512<float> x = Vector512.LoadUnsafe(ref a, at), y = Vector512.LoadUnsafe(ref b, at);
                Vector512<float> cosine = Vector512.LoadUnsafe(ref c, at), sine = Vector512.LoadUnsafe(ref s, at);
                Vector512.FusedMultiplyAdd(x, cosine, -(y * sine)).StoreUnsafe(ref a, at);
                Vector512.FusedMultiplyAdd(y, cosine, x * sine).StoreUnsafe(ref b, at);
            }
        }

        for (; i < first.Length; i++)
        {
            float x = first[i], y = second[i];
            first[i] = MathF.FusedMultiplyAdd(x, cos[i], -(y * sin[i]));
            second[i] = MathF.FusedMultiplyAdd(y, cos[i], x * sin[i]);
        }
    }
}
