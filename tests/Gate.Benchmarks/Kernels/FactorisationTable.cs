using Gate.Benchmarks.Machine;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Threading;

namespace Gate.Benchmarks.Kernels;

/// <summary>What calibrated compression needs for one layer: second moments and the inverse factor.</summary>
internal static class FactorisationTable
{
    public static void Print(int threads, double peak)
    {
        KernelReport.Line($"  step               size    seconds  GFLOP/s  of peak (binary64: half)");
        foreach (int size in (int[])[512, 2048])
        {
            const int tokens = 1024;
            var random = new Random(1);
            float[] x = new float[tokens * size];
            for (int i = 0; i < x.Length; i++)
                x[i] = random.NextSingle() - 0.5f;
            double[] h = new double[size * size];
            double gram = Stopwatches.Fastest(() => GramMatrix.AccumulateUpper(x, tokens, size, h, new ComputeThreads(threads)), 0.2);
            double gramFlops = (double)tokens * size * size / gram / 1e9;
            KernelReport.Line($"  second moments   {size,6} {gram,10:F4} {gramFlops,8:F1} {gramFlops / peak,8:P0}");

            Array.Clear(h);
            GramMatrix.AccumulateUpper(x, tokens, size, h, new ComputeThreads(threads));
            for (int i = 0; i < size; i++)
                h[(i * size) + i] += 10;
            double[] work = new double[h.Length];
            double factor = Stopwatches.Fastest(
                () =>
                {
                    h.CopyTo(work, 0);
                    Cholesky.TryInverseFactorUpper(work, size, new ComputeThreads(threads), out _);
                },
                0.2);
            double factorFlops = 2.0 / 3 * size * size * size / factor / 1e9;
            KernelReport.Line($"  inverse factor   {size,6} {factor,10:F4} {factorFlops,8:F1} {factorFlops / (peak / 2),8:P0}");
        }
    }
}
