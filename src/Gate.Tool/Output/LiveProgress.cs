using Gate.Core.Pipeline;
using Gate.Reporting.Text;
using Gate.Tool.CommandLine;
using Spectre.Console;

namespace Gate.Tool.Output;

/// <summary>Progress bars on a terminal.</summary>
internal static class LiveProgress
{
    /// <summary>Runs work under bars drawn on standard error; notes are told when the bars are gone.</summary>
    public static T Run<T>(ToolSettings settings, Func<IProgress<RunEvent>, T> work)
    {
        IAnsiConsole console = TerminalTables.ErrorConsole(settings);
        var log = new RunLog(settings with { Verbosity = Verbosity.Quiet }, TimeProvider.System);
        List<RunEvent> notes = [];
        try
        {
            return console.Progress().AutoClear(true)
                .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .Start(context => work(new Bars(context, console, log, notes)));
        }
        finally
        {
            foreach (RunEvent note in notes)
                log.Report(note);
        }
    }

    private sealed class Bars(ProgressContext context, IAnsiConsole console, RunLog log, List<RunEvent> notes) : IProgress<RunEvent>
    {
        private readonly Dictionary<string, ProgressTask> _bars = new(StringComparer.Ordinal);

        public void Report(RunEvent value)
        {
            switch (value)
            {
                case PhaseStarted started:
                    _bars[started.Name] = context.AddTask(Shown(started.Text)).IsIndeterminate();
                    break;
                case PhaseProgress progress:
                    if (!_bars.TryGetValue(progress.What, out ProgressTask? bar))
                        _bars[progress.What] = bar = context.AddTask("  " + Shown(progress.What), maxValue: Math.Max(progress.Total, 1));
                    bar.Value = progress.Total == 0 ? 1 : progress.Done;
                    break;
                case PhaseFinished finished when _bars.TryGetValue(finished.Name, out ProgressTask? done):
                    done.IsIndeterminate(false).Description(Shown(finished.Text));
                    done.Value = done.MaxValue;
                    break;
                case RunTold told:
                    console.WriteLine(VisibleText.ForLog(told.Text));
                    break;
                case RunNoted:
                    notes.Add(value);
                    return;
            }

            log.Report(value);
        }

        private static string Shown(string text) => Markup.Escape(VisibleText.ForLog(text));
    }
}
