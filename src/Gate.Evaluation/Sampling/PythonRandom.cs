using System.Collections.Immutable;

namespace Gate.Evaluation.Sampling;

/// <summary>Python's <c>random.Random</c> as far as published few-shot draws need it: the Mersenne twister MT19937, seeded by a whole number.</summary>
internal sealed class PythonRandom
{
    private const int Size = 624, Middle = 397;

    private readonly uint[] _state = new uint[Size];
    private int _next = Size;

    /// <summary>The generator of a seed of at most 32 bits.</summary>
    public PythonRandom(uint seed)
    {
        Fill(19650218);
        int i = 1;
        for (int k = 0; k < Size; k++)
        {
            _state[i] = (_state[i] ^ ((_state[i - 1] ^ (_state[i - 1] >> 30)) * 1664525)) + seed;
            i = Next(i);
        }

        for (int k = 0; k < Size - 1; k++)
        {
            _state[i] = (_state[i] ^ ((_state[i - 1] ^ (_state[i - 1] >> 30)) * 1566083941)) - (uint)i;
            i = Next(i);
        }

        _state[0] = 0x80000000;
    }

    /// <summary><c>getrandbits(count)</c> for at most 32 bits.</summary>
    public uint Bits(int count) => Output() >> (32 - count);

    /// <summary><c>sample(range(population), count)</c>.</summary>
    /// <param name="population">How many there are.</param>
    /// <param name="count">How many are drawn, at most <paramref name="population"/>.</param>
    public ImmutableArray<int> Sample(int population, int count)
    {
        int[] drawn = new int[count];
        if (population <= SetSize(count))
        {
            int[] pool = [.. Enumerable.Range(0, population)];
            for (int i = 0; i < count; i++)
            {
                int at = Below(population - i);
                drawn[i] = pool[at];
                pool[at] = pool[population - i - 1];
            }

            return [.. drawn];
        }

        HashSet<int> taken = [];
        for (int i = 0; i < count; i++)
        {
            int at = Below(population);
            while (!taken.Add(at))
                at = Below(population);
            drawn[i] = at;
        }

        return [.. drawn];
    }

    private static long SetSize(int count)
    {
        long size = 21;
        if (count <= 5)
            return size;
        long power = 1;
        while (power < 3L * count)
            power *= 4;
        return size + power;
    }

    private int Below(int limit)
    {
        int bits = 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)limit);
        uint value = Bits(bits);
        while (value >= limit)
            value = Bits(bits);
        return (int)value;
    }

    private void Fill(uint seed)
    {
        _state[0] = seed;
        for (uint i = 1; i < Size; i++)
            _state[i] = (1812433253 * (_state[i - 1] ^ (_state[i - 1] >> 30))) + i;
    }

    private int Next(int i)
    {
        if (++i < Size)
            return i;
        _state[0] = _state[Size - 1];
        return 1;
    }

    private uint Output()
    {
        if (_next == Size)
        {
            for (int i = 0; i < Size; i++)
            {
                uint joined = (_state[i] & 0x80000000) | (_state[(i + 1) % Size] & 0x7FFFFFFF);
                _state[i] = _state[(i + Middle) % Size] ^ (joined >> 1) ^ ((joined & 1) * 0x9908B0DF);
            }

            _next = 0;
        }

        uint y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >> 18);
    }
}
