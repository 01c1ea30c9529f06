namespace Gate.Compression;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): the same draws from the same seed on every machine and version.</summary>
/// <param name="seed">Any number.</param>
internal sealed class SeededGenerator(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    /// <summary>A share in [0, 1) from the upper 53 bits.</summary>
    public double NextShare() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number from 0 to <paramref name="count"/> − 1, each equally likely (rejection of the incomplete last run).</summary>
    /// <param name="count">At least 1.</param>
    public int NextBelow(int count)
    {
        ulong whole = ulong.MaxValue - (ulong.MaxValue % (ulong)count);
        ulong drawn = Next();
        while (drawn >= whole)
            drawn = Next();
        return (int)(drawn % (ulong)count);
    }
}
