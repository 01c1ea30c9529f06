using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.Threading;

namespace Gate.Compression.Pruning;

/// <summary>Receives a run of weights during one pass over all of them.</summary>
/// <param name="weights">Consecutive weights; valid during the call only.</param>
public delegate void WeightVisitor(ReadOnlySpan<float> weights);

/// <summary>
/// The exact boundary below which the k smallest magnitudes lie. The bit pattern of |w| orders like |w|, so a histogram of the upper 15 bits after the
/// sign (32,768 bins; the whole pattern of a bfloat16 weight) finds the bin in one streaming pass, and a second pass resolves the lower 16 bits where
/// any are set. No sort, no copy of the weights.
/// </summary>
/// <remarks>
/// Every thread counts a run of the weights into a histogram of its own; sums of counts are exact, so the number of threads changes nothing. What is near in the matrix is near in magnitude too: two
/// counters for each bin, used by turns, keep an increment from waiting for the one before it.
/// </remarks>
/// <param name="Pattern">Bits of the threshold's magnitude as binary32.</param>
/// <param name="Below">Weights strictly smaller in magnitude.</param>
/// <param name="Ties">How many of the weights equal in magnitude are among the k, in the order of the passes.</param>
public readonly record struct MagnitudeThreshold(uint Pattern, long Below, long Ties)
{
    private const uint MagnitudeBits = 0x7FFF_FFFF;
    private const int CoarseBins = 1 << 15;
    private const int FineBins = 1 << 16;
    private const int Lanes = 16;

    /// <summary>Finds the threshold of the <paramref name="count"/> smallest magnitudes.</summary>
    /// <param name="count">k; 0 marks nothing.</param>
    /// <param name="visitAll">Shows every weight to the visitor, in the same order at each call; called once or twice.</param>
    /// <param name="threads">Weights of a visit are divided over these.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than k weights.</exception>
    public static MagnitudeThreshold Find(long count, Action<WeightVisitor> visitAll, ComputeThreads threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count == 0)
            return default;

        long[][] coarse = Histograms(2 * CoarseBins, threads);
        uint seen = 0;
        visitAll(weights => SpanPieces.Visit(weights, threads, (piece, part) => Interlocked.Or(ref seen, CountUpper(part, coarse[piece]))));
        (uint bin, long below) = Locate(coarse, 2, count);
        if ((seen & 0xFFFF) == 0)
            return new MagnitudeThreshold(bin << 16, below, count - below);

        long[][] fine = Histograms(FineBins, threads);
        visitAll(weights => SpanPieces.Visit(weights, threads, (piece, part) => CountLower(part, bin, fine[piece])));
        (uint low, long belowInBin) = Locate(fine, 1, count - below);
        return new MagnitudeThreshold((bin << 16) | low, below + belowInBin, count - below - belowInBin);
    }

    /// <summary>Marks the weights of one run that are among the k.</summary>
    /// <param name="weights">Consecutive weights.</param>
    /// <param name="tiesLeft">Ties still to be marked; lowered by those marked here. Start with <see cref="Ties"/>.</param>
    /// <param name="mask">Receives true where the weight is pruned.</param>
    /// <param name="threads">Weights are divided over these.</param>
    public void Mark(ReadOnlySpan<float> weights, ref long tiesLeft, Span<bool> mask, ComputeThreads threads)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(mask.Length, weights.Length, nameof(mask));
        MagnitudeThreshold threshold = this;
        long[] ties = new long[SpanPieces.Count(weights.Length, threads)], shares = new long[ties.Length];
        if (tiesLeft > 0)
            SpanPieces.Visit(weights, threads, (piece, part) => ties[piece] = threshold.CountTies(part));

        // They belong to the first pieces: all pieces but one mark either all of theirs or none.
        for (int piece = 0; piece < shares.Length; piece++)
        {
            shares[piece] = Math.Min(ties[piece], tiesLeft);
            tiesLeft -= shares[piece];
        }

        SpanPieces.Mark(weights, mask, threads, (piece, part, marks) =>
        {
            if (shares[piece] == 0)
                MarkBelow(part, threshold.Pattern, marks);
            else if (shares[piece] == ties[piece])
                MarkBelow(part, threshold.Pattern + 1, marks);
            else
                threshold.MarkWithTies(part, shares[piece], marks);
        });
    }

    /// <summary>How many of the weights have exactly the threshold's magnitude.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long CountTies(ReadOnlySpan<float> weights)
    {
        ref float from = ref MemoryMarshal.GetReference(weights);
        Vector512<int> threshold = Vector512.Create(Pattern).AsInt32(), magnitude = Vector512.Create(MagnitudeBits).AsInt32(), counts = default;
        int i = 0;
        for (; i <= weights.Length - Lanes; i += Lanes)
            counts -= Vector512.Equals(Vector512.LoadUnsafe(ref from, (nuint)i).AsInt32() & magnitude, threshold);
        long ties = Vector512.Sum(counts);
        for (; i < weights.Length; i++)
            ties += Bits(weights[i]) == Pattern ? 1 : 0;
        return ties;
    }

    private static uint Bits(float weight) => BitConverter.SingleToUInt32Bits(weight) & MagnitudeBits;

    private static long[][] Histograms(int counters, ComputeThreads threads) => [.. Enumerable.Range(0, threads.Count).Select(_ => new long[counters])];

    // Returns all bits that are set in any of the weights.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static uint CountUpper(ReadOnlySpan<float> weights, long[] counters)
    {
        ref long first = ref MemoryMarshal.GetArrayDataReference(counters);
        ref uint bits = ref Unsafe.As<float, uint>(ref MemoryMarshal.GetReference(weights));
        uint seen = 0;
        int i = 0;
        for (; i <= weights.Length - 2; i += 2)
        {
            uint one = Unsafe.Add(ref bits, i) & MagnitudeBits, other = Unsafe.Add(ref bits, i + 1) & MagnitudeBits;
            seen |= one | other;
            Unsafe.Add(ref first, 2 * (one >> 16))++;
            Unsafe.Add(ref first, (2 * (other >> 16)) + 1)++;
        }

        for (; i < weights.Length; i++)
        {
            seen |= Bits(weights[i]);
            counters[2 * (Bits(weights[i]) >> 16)]++;
        }

        return seen;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CountLower(ReadOnlySpan<float> weights, uint bin, long[] counters)
    {
        ref float from = ref MemoryMarshal.GetReference(weights);
        Vector512<uint> wanted = Vector512.Create(bin), magnitude = Vector512.Create(MagnitudeBits);
        int i = 0;
        for (; i <= weights.Length - Lanes; i += Lanes)
        {
            Vector512<uint> here = Vector512.Equals((Vector512.LoadUnsafe(ref from, (nuint)i).AsUInt32() & magnitude) >>> 16, wanted);
            for (ulong left = here.ExtractMostSignificantBits(); left != 0; left &= left - 1)
                counters[Bits(weights[i + BitOperations.TrailingZeroCount(left)]) & 0xFFFF]++;
        }

        for (; i < weights.Length; i++)
        {
            if (Bits(weights[i]) >> 16 == bin)
                counters[Bits(weights[i]) & 0xFFFF]++;
        }
    }

    private static void MarkBelow(ReadOnlySpan<float> weights, uint bound, Span<bool> mask)
    {
        for (int i = MarkVectors(weights, bound, tie: null, mask, 0); i < weights.Length; i++)
            mask[i] = Bits(weights[i]) < bound;
    }

    private void MarkWithTies(ReadOnlySpan<float> weights, long ties, Span<bool> mask)
    {
        for (int i = MarkVectors(weights, Pattern, Pattern, mask, 0); i < weights.Length; i = MarkVectors(weights, Pattern, ties > 0 ? Pattern : null, mask, i + 1))
        {
            bool tie = Bits(weights[i]) == Pattern && ties > 0;
            if (tie)
                ties--;
            mask[i] = Bits(weights[i]) < Pattern || tie;
        }
    }

    // From an index on, until 32 weights with a tie among them, or fewer than 32, are left.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int MarkVectors(ReadOnlySpan<float> weights, uint bound, uint? tie, Span<bool> mask, int start)
    {
        ref float from = ref MemoryMarshal.GetReference(weights);
        ref bool to = ref MemoryMarshal.GetReference(mask);
        Vector512<int> bounds = Vector512.Create(bound).AsInt32(), magnitude = Vector512.Create(MagnitudeBits).AsInt32();
        Vector512<int> ties = Vector512.Create(tie ?? uint.MaxValue).AsInt32();
        int i = start;
        for (; i <= weights.Length - (2 * Lanes); i += 2 * Lanes)
        {
            Vector512<int> low = Vector512.LoadUnsafe(ref from, (nuint)i).AsInt32() & magnitude, high = Vector512.LoadUnsafe(ref from, (nuint)i + Lanes).AsInt32() & magnitude;
            if (Vector512.EqualsAny(low, ties) || Vector512.EqualsAny(high, ties))
                break;
            LaneMarks.Store(Vector512.LessThan(low, bounds), Vector512.LessThan(high, bounds), ref Unsafe.Add(ref to, i));
        }

        return i;
    }

    // The bin that holds the count-th smallest, and how many lie in the bins before it.
    private static (uint Bin, long Below) Locate(long[][] histograms, int countersOfBin, long count)
    {
        long below = 0;
        for (int first = 0; first < histograms[0].Length; first += countersOfBin)
        {
            long inBin = 0;
            foreach (long[] histogram in histograms)
                inBin += countersOfBin == 2 ? histogram[first] + histogram[first + 1] : histogram[first];
            if (below + inBin >= count)
                return ((uint)(first / countersOfBin), below);
            below += inBin;
        }

        throw new ArgumentOutOfRangeException(nameof(count), count, "More weights are to be pruned than there are.");
    }
}
