using System.Runtime.CompilerServices;
using Gate.Diagnostics;
using Gate.Tool.Output;

namespace Gate.Tool.CommandLine;

/// <summary>The last word on what nobody else could tell: a defect's stack goes to a report file and one line to the user. Needs as little of the program as can be, for that may be what is broken.</summary>
internal static class CrashLog
{
    /// <summary>Tells the user, and returns the exit code.</summary>
    /// <param name="exception">What was thrown, perhaps while another error was being told.</param>
    public static int Report(Exception exception)
    {
        string message = new([.. exception.Message.Select(c => char.IsControl(c) ? ' ' : c)]);
        if (Attempt(() => FaultCode(exception)) is { } code)
        {
            Write($"gate: error {code}: {message}");
            return (int)ExitCode.InputUnavailable;
        }

        string version = Attempt(VersionText.Render) ?? "gate";
        string path = Path.Combine(Path.GetTempPath(), $"gate-crash-{Random.Shared.NextInt64():x16}.log");
        string place = $"the report is in {path}";
        try
        {
            File.WriteAllText(path, $"{version}\ncommand line: {Environment.CommandLine}\n\n{exception}\n");
        }
        catch (Exception failure)
        {
            place = $"and no report could be written ({failure.Message})";
        }

        Write($"gate: error GATE9001: a defect in Gate ({exception.GetType().Name}: {message}); {place}");
        Write("  please report it with that file");
        return (int)ExitCode.InternalError;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static string? FaultCode(Exception exception) => SystemFault.Find(exception)?.Diagnostic.Code;

    private static void Write(string line) => Attempt(() =>
    {
        Console.Error.WriteLine(line);
        return line;
    });

    private static string? Attempt(Func<string?> work)
    {
        try
        {
            return work();
        }
        catch (Exception)
        {
            return null;
        }
    }
}
