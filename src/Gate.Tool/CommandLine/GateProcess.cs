using System.Runtime.InteropServices;
using Gate.Diagnostics;
using Gate.Reporting.Logs;
using Gate.Tool.Output;

namespace Gate.Tool.CommandLine;

/// <summary>
/// The process: signals, the last-chance handler and the exit code. Parse errors end with 2, defects with 70 and a log file, an interruption with 130
/// within a second, what the operating system would not do with 4; System.CommandLine's own exit code 1 would read as a breached threshold and is never used.
/// </summary>
/// <param name="arguments">The command line.</param>
internal sealed class GateProcess(string[] arguments)
{
    /// <summary>How long a batch may take to notice an interruption; then the process ends anyway. Finished items are on disk already.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(700);

    private string[]? _expanded;
    private Diagnostic? _failure;

    /// <summary>Runs the command and returns the exit code.</summary>
    public int Run()
    {
        if (!SpareDescriptors.TryTake())
            return WithoutDescriptors();
        StandardStream.Install();
        using var cancellation = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        int code = (int)ExitCode.InternalError;
        using var finished = new ManualResetEvent(false);
        var worker = new Thread(
            () =>
            {
                code = LastChance(() => Guarded(cancellation.Token));
                finished.Set();
            },
            16 << 20)
        { IsBackground = true, Name = "gate" };
        worker.Start();
        bool isLate = WaitHandle.WaitAny([finished, cancellation.Token.WaitHandle]) == 1 && !finished.WaitOne(Patience);
        if (isLate || (cancellation.IsCancellationRequested && code == (int)ExitCode.Cancelled))
            code = Interrupted();
        return LastChance(() =>
        {
            OutputsFile.WriteError(_expanded ?? arguments, code, _failure is { } failure ? DiagnosticText.Render(failure, LogDialect.MSBuild) : null);
            return code;
        });

        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            cancellation.Cancel();
        }
    }

    private static int Interrupted()
    {
        Console.Error.WriteLine("gate: interrupted; finished answers are kept, the same command goes on where this one stopped");
        return (int)ExitCode.Cancelled;
    }

    // Nothing but what is loaded already: no part of the program can be.
    private static int WithoutDescriptors()
    {
        try
        {
            Console.Error.WriteLine("gate: error GATE3141: no file descriptor is left: the process may not open the files that the program itself consists of");
            Console.Error.WriteLine("  raise the limit of open files (ulimit -n 1024)");
        }
        catch (Exception)
        {
            // The exit code has to do.
        }

        return (int)ExitCode.InputUnavailable;
    }

    private int Guarded(CancellationToken cancellationToken)
    {
        try
        {
            _expanded = ResponseFile.Expand(arguments);
            return (int)CommandDispatch.Invoke(_expanded, cancellationToken);
        }
        catch (Exception exception)
        {
            SpareDescriptors.Release();
            var failure = CommandFailure.Of(exception, cancellationToken);
            if (failure.Code == ExitCode.InternalError)
                throw;

            // An interruption is told by whoever waits for this.
            if (failure.Code != ExitCode.Cancelled)
            {
                _failure = failure.Diagnostic;
                Console.Error.WriteLine(DiagnosticText.Render(failure.Diagnostic, CommandDispatch.LogDialect));
                CommandDispatch.KeepError(failure.Diagnostic);
            }

            return (int)failure.Code;
        }
    }

    // Around the other handlers too: what they need to run may be what is broken, for example a file of the installation.
    private static int LastChance(Func<int> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception)
        {
            SpareDescriptors.Release();
            return CrashLog.Report(exception);
        }
    }
}
