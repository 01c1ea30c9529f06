using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.Memory;

namespace Gate.Benchmarks.Machine;

/// <summary>How fast the cores can read memory that is in no cache.</summary>
internal static class MemoryBandwidth
{
    private const int Bytes = 256 << 20;

    private static long sink;

    /// <summary>GB/s when each of <paramref name="threads"/> threads reads its share of 256 MiB from front to back.</summary>
    public static double Measure(int threads)
    {
        using var buffer = new AlignedBuffer<byte>(Bytes);
        buffer.Span.Fill(1);
        int share = Bytes / threads;
        int next = 0;
        double seconds = Stopwatches.Fastest(() =>
        {
            next = 0;
            FusedMultiplyAddPeak.OnThreads(threads, () => Read(buffer.Slice((long)(Interlocked.Increment(ref next) - 1) * share, share)));
        });
        return Bytes / seconds / 1e9;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Read(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            Vector512<long> s0 = default, s1 = default, s2 = default, s3 = default;
            for (byte* p = start, end = start + bytes.Length; p < end; p += 256)
            {
                s0 ^= Vector512.Load((long*)p);
                s1 ^= Vector512.Load((long*)(p + 64));
                s2 ^= Vector512.Load((long*)(p + 128));
                s3 ^= Vector512.Load((long*)(p + 192));
            }

            sink = (s0 ^ s1 ^ s2 ^ s3)[0];
        }
    }
}
