namespace Gate.Core.Verdicts.Statistics;

/// <summary>
/// A stream of random numbers that depends on nothing but (seed, stream): replicate 17 of a resampling draws the same numbers whichever
/// thread runs it and whatever ran before. SplitMix64 (Steele, Lea and Flood 2014) started from a mix of both.
/// </summary>
public struct CounterRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15UL;
    private ulong _state;

    /// <summary>Starts stream <paramref name="stream"/> of <paramref name="seed"/>.</summary>
    public CounterRandom(long seed, long stream) => _state = Mix(Mix((ulong)seed + Golden) ^ ((ulong)stream * 0xD1342543DE82EF95UL));

    /// <summary>The next 64 random bits.</summary>
    public ulong NextBits() => Mix(_state += Golden);

    /// <summary>A number in [0, <paramref name="limit"/>), limit positive; bias below 2⁻³² for limits below 2³².</summary>
    public int Next(int limit) => (int)Math.BigMul(NextBits(), (ulong)limit, out _);

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
