namespace Gate.Core.Verdicts.Statistics;

/// <summary>
/// Tests one number against any limit. A limit that was asked about before is not worked out again, and a question that one of the two p-values answers
/// is not held up by the other: intervals ask hundreds of times.
/// </summary>
internal sealed class LimitTest
{
    private readonly Func<double, TailProbabilities> _test;
    private readonly Func<double, double> _seenAs;
    private readonly bool _nearby;

    /// <param name="test">p-values at a limit.</param>
    /// <param name="nearby">Whether the promise about a candidate two points under the limit is kept too (<see cref="NearbyLimit"/>).</param>
    public LimitTest(Func<double, TailProbabilities> test, bool nearby = false)
        : this(Remember(test), limit => limit, nearby)
    {
    }

    private LimitTest(Func<double, TailProbabilities> test, Func<double, double> seenAs, bool nearby) => (_test, _seenAs, _nearby) = (test, seenAs, nearby);

    /// <summary>The p-values at a limit.</summary>
    public TailProbabilities At(double limit) => _nearby ? NearbyLimit.Test(_seenAs(limit), _test) : _test(_seenAs(limit));

    /// <summary>Whether the number is shown to lie above a limit.</summary>
    public bool ShowsAbove(double limit, double level) =>
        _nearby ? NearbyLimit.Shows(_seenAs(limit), level, _test) : _test(_seenAs(limit)).Above <= level;

    /// <summary>Whether the number is shown to lie below a limit.</summary>
    public bool ShowsBelow(double limit, double level) => _test(_seenAs(limit)).Below <= level;

    /// <summary>The test of a number that grows with this one.</summary>
    /// <param name="inverse">The limit on this number that a limit on the other amounts to.</param>
    public LimitTest Through(Func<double, double> inverse) => new(_test, limit => _seenAs(inverse(limit)), _nearby);

    private static Func<double, TailProbabilities> Remember(Func<double, TailProbabilities> test)
    {
        Dictionary<double, TailProbabilities> known = [];
        return limit =>
        {
            if (!known.TryGetValue(limit, out TailProbabilities tails))
                known.Add(limit, tails = test(limit));
            return tails;
        };
    }
}
