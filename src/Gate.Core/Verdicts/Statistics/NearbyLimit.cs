namespace Gate.Core.Verdicts.Statistics;

/// <summary>
/// Holds a test to a second promise: a candidate two points under the limit is waved through in at most a fifth of the cases in which one exactly on
/// the limit may be, 1 % against 5 %. From some hundred items on that follows from the first promise; in smaller samples, where a test that is right
/// on the limit can hardly tell two points, it asks for more evidence.
/// </summary>
/// <remarks>
/// The retention r is shown when both "at most r" is rejected at α and "at most r − 0.02" at α/6: an intersection of two rejections, so each error
/// probability holds by itself (Berger 1982). A sixth and not a fifth, because far in the tail the approximations of a test are a little too bold for few clusters. With
/// a standard error s of the retention the second asks for more when s > 0.02 / (z₁₋α/₆ − z₁₋α), 2.7 points at 95 %.
/// </remarks>
public static class NearbyLimit
{
    /// <summary>How far under the limit, in retention.</summary>
    public const double Distance = 0.02;

    /// <summary>How much smaller the error probability is there.</summary>
    public const double Factor = 6;

    /// <summary>The p-values with both promises kept.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="test">p-values at a limit, those of "above" growing with it.</param>
    public static TailProbabilities Test(double limit, Func<double, TailProbabilities> test)
    {
        TailProbabilities there = test(limit);
        return limit <= Distance ? there : there with { Above = Math.Min(1, Math.Max(there.Above, Factor * test(limit - Distance).Above)) };
    }

    /// <summary>Whether "above the limit" is shown at a level below 1 with both promises kept; the second is only looked at when the first holds.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="level">Error probability.</param>
    /// <param name="test">p-values at a limit.</param>
    public static bool Shows(double limit, double level, Func<double, TailProbabilities> test) =>
        test(limit).Above <= level && (limit <= Distance || Factor * test(limit - Distance).Above <= level);
}
