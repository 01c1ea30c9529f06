using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.Threading;

namespace Gate.Compression.Pruning;

/// <summary>
/// The smallest of many binary64 scores that are not negative, whose bit patterns order like the numbers. A histogram of the upper 15 bits behind the sign finds the bin of the threshold, and only the
/// scores of that bin, one in some hundreds, are selected from. Counting, gathering and marking are divided over the threads; all of it is exact, so their number changes nothing.
/// </summary>
internal static class ParallelSelection
{
    private const int Bins = 1 << 15, Shift = 48, ScoresOfPiece = 1 << 16, Lanes = 8;

    /// <summary>Marks the k smallest; equal scores fall in index order.</summary>
    /// <param name="scores">At least 0, no NaN among them.</param>
    /// <param name="count">k, at most the number of scores.</param>
    /// <param name="mask">Receives true for the k smallest, false for the rest.</param>
    /// <param name="threads">Scores are divided over these.</param>
    public static void MarkSmallest(double[] scores, int count, bool[] mask, ComputeThreads threads)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, scores.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(mask.Length, scores.Length, nameof(mask));
        if (count == 0)
        {
            mask.AsSpan().Clear();
            return;
        }

        int pieces = (scores.Length + ScoresOfPiece - 1) / ScoresOfPiece;
        (int bin, int below) = Locate(scores, count, pieces, threads);
        double[][] near = new double[pieces][];
        ParallelWork.Run(pieces, threads, piece => near[piece] = InBin(Piece(scores, piece), bin));

        double[] candidates = [.. near.SelectMany(values => values)];
        double threshold = OrderStatistics.Select(candidates, count - below - 1);
        long ties = count - below - near.Sum(values => values.LongCount(value => value < threshold));

        // What a piece may mark of the scores equal to the threshold.
        int[] shares = new int[pieces];
        for (int piece = 0; piece < pieces; piece++)
        {
            shares[piece] = (int)Math.Min(ties, near[piece].LongCount(value => value == threshold));
            ties -= shares[piece];
        }

        ParallelWork.Run(pieces, threads, piece =>
        {
            Span<bool> marks = mask.AsSpan(piece * ScoresOfPiece, Piece(scores, piece).Length);
            MarkBelow(Piece(scores, piece), threshold, marks);
            MarkTies(Piece(scores, piece), threshold, shares[piece], marks);
        });
    }

    private static ReadOnlySpan<double> Piece(double[] scores, int piece) =>
        scores.AsSpan(piece * ScoresOfPiece, Math.Min(ScoresOfPiece, scores.Length - (piece * ScoresOfPiece)));

    // The bin that holds the count-th smallest, and how many lie in the bins before it.
    private static (int Bin, int Below) Locate(double[] scores, int count, int pieces, ComputeThreads threads)
    {
        // One histogram for each thread's share of the pieces.
        int shares = Math.Min(pieces, threads.Count);
        int[][] histograms = new int[shares][];
        ParallelWork.Run(shares, threads, share =>
        {
            histograms[share] = new int[Bins];
            for (int piece = share; piece < pieces; piece += shares)
                Count(Piece(scores, piece), histograms[share]);
        });

        int below = 0;
        for (int bin = 0; ; bin++)
        {
            int inBin = 0;
            foreach (int[] histogram in histograms)
                inBin += histogram[bin];
            if (below + inBin >= count)
                return (bin, below);
            below += inBin;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Count(ReadOnlySpan<double> scores, int[] histogram)
    {
        foreach (double score in scores)
            histogram[(int)(BitConverter.DoubleToUInt64Bits(score) >> Shift) & (Bins - 1)]++;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double[] InBin(ReadOnlySpan<double> scores, int bin)
    {
        List<double> found = [];
        ref long from = ref Unsafe.As<double, long>(ref MemoryMarshal.GetReference(scores));
        var wanted = Vector512.Create((long)bin);
        int i = 0;
        for (; i <= scores.Length - Lanes; i += Lanes)
        {
            Vector512<long> here = Vector512.Equals(Vector512.LoadUnsafe(ref from, (nuint)i) >>> Shift, wanted);
            for (ulong left = here.ExtractMostSignificantBits(); left != 0; left &= left - 1)
                found.Add(scores[i + System.Numerics.BitOperations.TrailingZeroCount(left)]);
        }

        for (; i < scores.Length; i++)
        {
            if (BitConverter.DoubleToInt64Bits(scores[i]) >>> Shift == bin)
                found.Add(scores[i]);
        }

        return [.. found];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MarkBelow(ReadOnlySpan<double> scores, double threshold, Span<bool> mask)
    {
        ref double from = ref MemoryMarshal.GetReference(scores);
        ref bool to = ref MemoryMarshal.GetReference(mask);
        var bound = Vector512.Create(threshold);
        int i = 0;
        for (; i <= scores.Length - (4 * Lanes); i += 4 * Lanes)
        {
            LaneMarks.Store(
                Vector512.Narrow(Below(ref from, i, bound), Below(ref from, i + Lanes, bound)),
                Vector512.Narrow(Below(ref from, i + (2 * Lanes), bound), Below(ref from, i + (3 * Lanes), bound)), ref Unsafe.Add(ref to, i));
        }

        for (; i < scores.Length; i++)
            mask[i] = scores[i] < threshold;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Below(ref double from, int index, Vector512<double> bound) =>
        Vector512.LessThan(Vector512.LoadUnsafe(ref from, (nuint)index), bound).AsInt64();

    private static void MarkTies(ReadOnlySpan<double> scores, double threshold, int share, Span<bool> mask)
    {
        for (int start = 0; share > 0; share--, start++)
        {
            start += scores[start..].IndexOf(threshold);
            mask[start] = true;
        }
    }
}
