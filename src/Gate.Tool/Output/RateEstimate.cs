using System.Globalization;
using Gate.Core.Pipeline;

namespace Gate.Tool.Output;

/// <summary>Rate and time left of what is being counted.</summary>
/// <param name="clock">The clock.</param>
internal sealed class RateEstimate(TimeProvider clock)
{
    private string _what = "";
    private int _first;
    private long _start;

    /// <summary>A suffix such as <c> (123/s, 8 s left)</c>; empty until there is something to say.</summary>
    public string Describe(PhaseProgress progress)
    {
        if (progress.What != _what)
        {
            (_what, _first, _start) = (progress.What, progress.Done, clock.GetTimestamp());
            return "";
        }

        double seconds = clock.GetElapsedTime(_start).TotalSeconds;
        int done = progress.Done - _first;
        if (done <= 0 || seconds < 0.1)
            return "";
        double rate = done / seconds;
        return string.Create(CultureInfo.InvariantCulture, $" ({rate:0.#}/s, {(progress.Total - progress.Done) / rate:0} s left)");
    }
}
