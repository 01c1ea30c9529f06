using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Benchmarks.Machine;

/// <summary>The most fused multiply-adds the machine can do: 24 independent chains that never leave the registers.</summary>
internal static class FusedMultiplyAddPeak
{
    private const int Rounds = 4_000_000;

    private static float sink;

    /// <summary>Binary32 GFLOP/s, two for each multiply-add and lane.</summary>
    public static double Measure(int threads)
    {
        double seconds = Stopwatches.Fastest(() => OnThreads(threads, Chains));
        return threads * (double)Rounds * 24 * 16 * 2 / seconds / 1e9;
    }

    /// <summary>Runs the work on as many threads of its own, the caller's among them.</summary>
    internal static void OnThreads(int threads, Action work)
    {
        Thread[] others = [.. Enumerable.Range(1, threads - 1).Select(_ => new Thread(() => work()))];
        foreach (Thread thread in others)
            thread.Start();
        work();
        foreach (Thread thread in others)
            thread.Join();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Chains()
    {
        Vector512<float> a = Vector512.Create(0.999f), b = Vector512.Create(0.001f);
        Vector512<float> s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a, s8 = a, s9 = a, s10 = a, s11 = a;
        Vector512<float> t0 = b, t1 = b, t2 = b, t3 = b, t4 = b, t5 = b, t6 = b, t7 = b, t8 = b, t9 = b, t10 = b, t11 = b;
        for (int i = 0; i < Rounds; i++)
        {
            s0 = Vector512.FusedMultiplyAdd(s0, a, b);
            s1 = Vector512.FusedMultiplyAdd(s1, a, b);
            s2 = Vector512.FusedMultiplyAdd(s2, a, b);
            s3 = Vector512.FusedMultiplyAdd(s3, a, b);
            s4 = Vector512.FusedMultiplyAdd(s4, a, b);
            s5 = Vector512.FusedMultiplyAdd(s5, a, b);
            s6 = Vector512.FusedMultiplyAdd(s6, a, b);
            s7 = Vector512.FusedMultiplyAdd(s7, a, b);
            s8 = Vector512.FusedMultiplyAdd(s8, a, b);
            s9 = Vector512.FusedMultiplyAdd(s9, a, b);
            s10 = Vector512.FusedMultiplyAdd(s10, a, b);
            s11 = Vector512.FusedMultiplyAdd(s11, a, b);
            t0 = Vector512.FusedMultiplyAdd(t0, a, b);
            t1 = Vector512.FusedMultiplyAdd(t1, a, b);
            t2 = Vector512.FusedMultiplyAdd(t2, a, b);
            t3 = Vector512.FusedMultiplyAdd(t3, a, b);
            t4 = Vector512.FusedMultiplyAdd(t4, a, b);
            t5 = Vector512.FusedMultiplyAdd(t5, a, b);
            t6 = Vector512.FusedMultiplyAdd(t6, a, b);
            t7 = Vector512.FusedMultiplyAdd(t7, a, b);
            t8 = Vector512.FusedMultiplyAdd(t8, a, b);
            t9 = Vector512.FusedMultiplyAdd(t9, a, b);
            t10 = Vector512.FusedMultiplyAdd(t10, a, b);
            t11 = Vector512.FusedMultiplyAdd(t11, a, b);
        }

        Vector512<float> all = s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11;
        all += t0 + t1 + t2 + t3 + t4 + t5 + t6 + t7 + t8 + t9 + t10 + t11;
        sink = all[0];
    }
}
