using System.Diagnostics;

namespace Gate.Benchmarks.Machine;

/// <summary>Short timings that survive a shared machine: the fastest of several runs.</summary>
internal static class Stopwatches
{
    /// <summary>Seconds of the fastest run of <paramref name="work"/> within a time budget, after two runs to warm up.</summary>
    public static double Fastest(Action work, double budgetSeconds = 0.4)
    {
        work();
        work();
        double fastest = double.MaxValue;
        long end = Stopwatch.GetTimestamp() + (long)(budgetSeconds * Stopwatch.Frequency);
        do
        {
            long start = Stopwatch.GetTimestamp();
            work();
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        while (Stopwatch.GetTimestamp() < end);
        return fastest;
    }
}
