using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gate.Compression.Pruning;

/// <summary>Receives a run of weights during one pass over all of them.</summary>
/// <param name="weights">Consecutive weights; valid during the call only.</param>
public delegate void WeightVisitor(ReadOnlySpan<float> weights);

/// <summary>
/// The exact boundary below which the k smallest magnitudes lie. The bit pattern of |w| orders like |w|, so a histogram of the upper 15 bits after the
/// sign (32,768 bins; the whole pattern of a bfloat16 weight) finds the bin in one streaming pass, and a second pass resolves the lower 16 bits where
/// any are set. No sort, no copy of the weights.
/// </summary>
/// <param name="Pattern">Bits of the threshold's magnitude as binary32.</param>
/// <param name="Below">Weights strictly smaller in magnitude.</param>
/// <param name="Ties">How many of the weights equal in magnitude are among the k, in the order of the passes.</param>
public readonly record struct MagnitudeThreshold(uint Pattern, long Below, long Ties)
{
    private const uint MagnitudeBits = 0x7FFF_FFFF;
    private const int CoarseBins = 1 << 15;
    private const int FineBins = 1 << 16;

    /// <summary>Finds the threshold of the <paramref name="count"/> smallest magnitudes.</summary>
    /// <param name="count">k; 0 marks nothing.</param>
    /// <param name="visitAll">Shows every weight to the visitor, in the same order at each call; called once or twice.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than k weights.</exception>
    public static MagnitudeThreshold Find(long count, Action<WeightVisitor> visitAll)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count == 0)
            return default;

        long[] coarse = new long[CoarseBins];
        uint lowBits = 0;
        visitAll(weights =>
        {
            uint seen = 0;
            foreach (float weight in weights)
            {
                uint bits = BitConverter.SingleToUInt32Bits(weight) & MagnitudeBits;
                coarse[bits >> 16]++;
                seen |= bits;
            }

            lowBits |= seen & 0xFFFF;
        });

        (uint bin, long below) = Locate(coarse, count);
        if (lowBits == 0)
            return new MagnitudeThreshold(bin << 16, below, count - below);

        long[] fine = new long[FineBins];
        visitAll(weights =>
        {
            foreach (float weight in weights)
            {
                uint bits = BitConverter.SingleToUInt32Bits(weight) & MagnitudeBits;
                if (bits >> 16 == bin)
                    fine[bits & 0xFFFF]++;
            }
        });

        (uint low, long belowInBin) = Locate(fine, count - below);
        return new MagnitudeThreshold((bin << 16) | low, below + belowInBin, count - below - belowInBin);
    }

    /// <summary>Marks the weights of one run that are among the k.</summary>
    /// <param name="weights">Consecutive weights.</param>
    /// <param name="tiesLeft">Ties still to be marked; lowered by those marked here. Start with <see cref="Ties"/>.</param>
    /// <param name="mask">Receives true where the weight is pruned.</param>
    public void Mark(ReadOnlySpan<float> weights, ref long tiesLeft, Span<bool> mask)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(mask.Length, weights.Length, nameof(mask));
        for (int i = MarkVectors(weights, ref tiesLeft, mask, 0); i < weights.Length; i = MarkVectors(weights, ref tiesLeft, mask, i + 1))
        {
            uint bits = BitConverter.SingleToUInt32Bits(weights[i]) & MagnitudeBits;
            bool tie = bits == Pattern && tiesLeft > 0;
            if (tie)
                tiesLeft--;
            mask[i] = bits < Pattern || tie;
        }
    }

    /// <summary>How many of the weights have exactly the threshold's magnitude.</summary>
    public long CountTies(ReadOnlySpan<float> weights)
    {
        long ties = 0;
        foreach (float weight in weights)
        {
            if ((BitConverter.SingleToUInt32Bits(weight) & MagnitudeBits) == Pattern)
                ties++;
        }

        return ties;
    }

    // From an index on, until 32 weights with a tie among them, or fewer than 32, are left. Where no tie is to be marked any more, none is met.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int MarkVectors(ReadOnlySpan<float> weights, ref long tiesLeft, Span<bool> mask, int start)
    {
        const int Lanes = 16;
        ref float from = ref MemoryMarshal.GetReference(weights);
        ref bool to = ref MemoryMarshal.GetReference(mask);
        Vector512<int> threshold = Vector512.Create(Pattern).AsInt32(), magnitude = Vector512.Create(MagnitudeBits).AsInt32();
        int i = start;
        for (; i <= weights.Length - (2 * Lanes); i += 2 * Lanes)
        {
            Vector512<int> low = Vector512.LoadUnsafe(ref from, (nuint)i).AsInt32() & magnitude, high = Vector512.LoadUnsafe(ref from, (nuint)i + Lanes).AsInt32() & magnitude;
            if (tiesLeft > 0 && (Vector512.EqualsAny(low, threshold) || Vector512.EqualsAny(high, threshold)))
                break;
            LaneMarks.Store(Vector512.LessThan(low, threshold), Vector512.LessThan(high, threshold), ref Unsafe.Add(ref to, i));
        }

        return i;
    }

    // The bin that holds the count-th smallest, and how many lie in the bins before it.
    private static (uint Bin, long Below) Locate(long[] bins, long count)
    {
        long below = 0;
        for (int bin = 0; bin < bins.Length; bin++)
        {
            if (below + bins[bin] >= count)
                return ((uint)bin, below);
            below += bins[bin];
        }

        throw new ArgumentOutOfRangeException(nameof(count), count, "More weights are to be pruned than there are.");
    }
}
