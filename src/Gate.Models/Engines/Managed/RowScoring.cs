using System.Numerics;
using Gate.Models.Questions;
using Gate.Numerics.Softmax;

namespace Gate.Models.Engines.Managed;

/// <summary>Log-probabilities, ranks and best ids of one row of logits. All probabilities share one log-sum-exp in binary64.</summary>
internal static class RowScoring
{
    // Counting costs one pass over the vocabulary per target, sorting about this many.
    private const int MostCountedTargets = 24;

    // Insertion into a list of the best stays cheaper than a sort up to about this length.
    private const int MostSelectedTop = 64;

    /// <summary>Answers a query.</summary>
    /// <param name="logits">One value per id.</param>
    /// <param name="logSumExp">Their log-sum-exp.</param>
    /// <param name="query">What is wanted.</param>
    public static NextTokenScores Answer(ReadOnlySpan<float> logits, double logSumExp, RowQuery query)
    {
        ReadOnlySpan<int> targets = query.Targets.Span;
        int[] ranks = new int[targets.Length];
        int[] top = new int[Math.Min(query.Top, logits.Length)];
        if (!double.IsFinite(logSumExp))
            return query.WithoutDistribution(logits.Length);
        if (targets.Length > MostCountedTargets || top.Length > MostSelectedTop)
            RankBySorting(logits, targets, ranks, top);
        else
            RankByCounting(logits, targets, ranks, top);
        return new NextTokenScores(LogProbabilities(logits, logSumExp, targets), ranks, top, LogProbabilities(logits, logSumExp, top));
    }

    private static void RankByCounting(ReadOnlySpan<float> logits, ReadOnlySpan<int> targets, int[] ranks, int[] top)
    {
        for (int i = 0; i < targets.Length; i++)
            ranks[i] = 1 + CountBetter(logits, targets[i]);
        TopK.Select(logits, top);
    }

    /// <summary>Ids that rank before a target: larger logits, and equal ones of lower id.</summary>
    internal static int CountBetter(ReadOnlySpan<float> logits, int target)
    {
        float value = logits[target];
        Vector<float> values = new(value);
        Vector<int> counts = Vector<int>.Zero;
        int i = 0, better = 0;

        // Before the target an equal logit ranks better, behind it only a larger one does. A comparison that holds is −1 in every lane.
        for (; i <= target - Vector<float>.Count; i += Vector<float>.Count)
            counts -= Vector.GreaterThanOrEqual(new Vector<float>(logits[i..]), values);
        for (; i < target; i++)
            better += logits[i] >= value ? 1 : 0;
        for (i = target + 1; i <= logits.Length - Vector<float>.Count; i += Vector<float>.Count)
            counts -= Vector.GreaterThan(new Vector<float>(logits[i..]), values);
        for (; i < logits.Length; i++)
            better += logits[i] > value ? 1 : 0;
        return better + Vector.Sum(counts);
    }

    private static void RankBySorting(ReadOnlySpan<float> logits, ReadOnlySpan<int> targets, int[] ranks, int[] top)
    {
        ulong[] keys = new ulong[logits.Length];
        for (int id = 0; id < keys.Length; id++)
            keys[id] = DescendingKey(logits[id], id);
        Array.Sort(keys);

        int[] rankOf = new int[keys.Length];
        for (int rank = 0; rank < keys.Length; rank++)
            rankOf[(int)(keys[rank] & uint.MaxValue)] = rank + 1;
        for (int i = 0; i < targets.Length; i++)
            ranks[i] = rankOf[targets[i]];
        for (int i = 0; i < top.Length; i++)
            top[i] = (int)(keys[i] & uint.MaxValue);
    }

    // Larger logits first, then lower ids. Adding +0 makes −0 equal to +0, as comparison has it.
    private static ulong DescendingKey(float logit, int id)
    {
        uint bits = BitConverter.SingleToUInt32Bits(logit + 0f);
        uint ascending = (bits & 0x8000_0000) != 0 ? ~bits : bits | 0x8000_0000;
        return ((ulong)~ascending << 32) | (uint)id;
    }

    private static double[] LogProbabilities(ReadOnlySpan<float> logits, double logSumExp, ReadOnlySpan<int> ids)
    {
        double[] result = new double[ids.Length];
        for (int i = 0; i < ids.Length; i++)
            result[i] = logits[ids[i]] - logSumExp;
        return result;
    }
}
