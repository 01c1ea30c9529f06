using System.Globalization;
using Gate.Core.Pipeline;
using Gate.Diagnostics;
using Gate.Reporting.Logs;
using Gate.Reporting.Text;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Output;

/// <summary>
/// Tells what a run does as plain, time-stamped lines on standard error: at most one progress line every ten seconds, never a carriage return. The
/// complete log, when asked for, gets everything whatever the console shows.
/// </summary>
/// <param name="settings">The invocation's settings.</param>
/// <param name="clock">The clock.</param>
internal sealed class RunLog(ToolSettings settings, TimeProvider clock) : IProgress<RunEvent>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private static readonly Lock FileLock = new();
    private readonly long _start = clock.GetTimestamp();
    private readonly RateEstimate _rate = new(clock);
    private long _lastProgress = clock.GetTimestamp();

    /// <inheritdoc/>
    public void Report(RunEvent value)
    {
        switch (value)
        {
            case PhaseStarted started:
                Write(Verbosity.Normal, started.Text);
                break;
            case PhaseFinished finished:
                Write(Verbosity.Normal, $"{finished.Text} ({Seconds(finished.Elapsed)})");
                break;
            case PhaseProgress progress:
                string line = $"{progress.What} {progress.Done}/{progress.Total}{_rate.Describe(progress)}";
                bool isDue = clock.GetElapsedTime(_lastProgress) >= Pause;
                if (isDue)
                    _lastProgress = clock.GetTimestamp();
                Write(isDue ? Verbosity.Normal : Verbosity.Trace, line);
                break;
            case RunNoted noted:
                if (settings.Verbosity > Verbosity.Quiet || noted.Diagnostic.Severity != Severity.Note)
                    Console.Error.WriteLine(DiagnosticText.Render(noted.Diagnostic, settings.LogDialect));
                Keep(DiagnosticText.Render(noted.Diagnostic, LogDialect.MSBuild));
                break;
            case RunTold told:
                Write(Verbosity.Normal, told.Text);
                break;
            case RunDetail detail:
                Write(Verbosity.Detailed, detail.Text);
                break;
        }
    }

    /// <summary>Appends a time-stamped line of visible text to a log file; a log that cannot be written is a warning, not the end of the run.</summary>
    public static void Append(string path, string text)
    {
        try
        {
            lock (FileLock)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.AppendAllText(path, $"{TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)} {text}\n");
            }
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            Console.Error.WriteLine($"gate: warning GATE3106: {VisibleText.ForLog($"the log '{path}' cannot be written: {exception.Message}")}");
        }
    }

    private void Write(Verbosity level, string text)
    {
        if (settings.Verbosity >= level)
            Console.Error.WriteLine($"[{clock.GetElapsedTime(_start).ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture)}] {VisibleText.ForLog(text)}");
        Keep(VisibleText.ForLog(text));
    }

    private void Keep(string text)
    {
        if (settings.LogFile is { } log)
            Append(log, text);
    }

    private static string Seconds(TimeSpan elapsed) => $"{elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s";
}
