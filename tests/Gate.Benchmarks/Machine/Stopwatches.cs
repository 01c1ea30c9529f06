using System.Diagnostics;

namespace Gate.Benchmarks.Machine;

/// <summary>Short timings that survive a shared machine: the fastest of several runs.</summary>
internal static class Stopwatches
{
    /// <summary>
    /// Whether processor time is counted instead of elapsed time: the honest figure of one thread on a machine that others use as well. Its
    /// resolution is coarse, so runs are taken together.
    /// </summary>
    public static bool CountsProcessorTime { get; set; }

    /// <summary>Seconds of the fastest run of <paramref name="work"/> within a time budget, after two runs to warm up.</summary>
    public static double Fastest(Action work, double budgetSeconds = 0.4)
    {
        work();
        work();
        return CountsProcessorTime ? ProcessorSeconds(work, budgetSeconds) : ElapsedSeconds(work, budgetSeconds);
    }

    private static double ElapsedSeconds(Action work, double budgetSeconds)
    {
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

    private static double ProcessorSeconds(Action work, double budgetSeconds)
    {
        TimeSpan start = Environment.CpuUsage.TotalTime, used;
        int runs = 0;
        do
        {
            work();
            runs++;
            used = Environment.CpuUsage.TotalTime - start;
        }
        while (used.TotalSeconds < budgetSeconds);
        return used.TotalSeconds / runs;
    }
}
