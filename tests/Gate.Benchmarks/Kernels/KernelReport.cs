using System.Globalization;
using Gate.Benchmarks.Machine;

namespace Gate.Benchmarks.Kernels;

/// <summary>The quick report: every figure beside the machine's own limit, measured in the same run.</summary>
internal static class KernelReport
{
    /// <summary>
    /// Prints the tables; <c>product</c> or <c>factorisation</c> limits them to one, <c>--processor-time</c> counts the processor time of a
    /// single thread.
    /// </summary>
    public static int Run(string[] args)
    {
        Stopwatches.CountsProcessorTime = args.Contains("--processor-time", StringComparer.Ordinal);
        args = [.. args.Where(argument => !argument.StartsWith("--", StringComparison.Ordinal))];
        int[] threadCounts = Environment.ProcessorCount > 1 && !Stopwatches.CountsProcessorTime ? [1, Environment.ProcessorCount] : [1];
        foreach (int threads in threadCounts)
        {
            double peak = FusedMultiplyAddPeak.Measure(threads);
            double bandwidth = MemoryBandwidth.Measure(threads);
            Line($"{threads} thread(s): fused multiply-add peak {peak:F1} GFLOP/s (binary32), memory read {bandwidth:F1} GB/s");
            if (Wanted(args, "product"))
                ProductTable.Print(threads, peak, bandwidth);
            if (Wanted(args, "factorisation"))
                FactorisationTable.Print(threads, peak);
        }

        return 0;
    }

    internal static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static bool Wanted(string[] args, string table) => args.Length == 0 || args.Contains(table, StringComparer.Ordinal);
}
