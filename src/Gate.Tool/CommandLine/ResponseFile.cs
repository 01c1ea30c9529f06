using Gate.Diagnostics;

namespace Gate.Tool.CommandLine;

/// <summary>A command line in a file (<c>gate @arguments.rsp</c>), as builds pass long ones: one argument a line, quoted or not.</summary>
internal static class ResponseFile
{
    /// <summary>The arguments with a leading response file replaced by its lines.</summary>
    /// <exception cref="GateException">Exit 2: the file cannot be read.</exception>
    public static string[] Expand(string[] arguments)
    {
        if (arguments.Length == 0 || !arguments[0].StartsWith('@'))
            return arguments;
        try
        {
            return [.. File.ReadAllLines(arguments[0][1..]).Select(line => line.Trim()).Where(line => line.Length > 0).Select(Unquote), .. arguments[1..]];
        }
        catch (Exception exception) when (StorageFault.Is(exception) || exception is ArgumentException)
        {
            throw new GateException(
                new Diagnostic("GATE1010", Severity.Error, $"the response file '{arguments[0][1..]}' cannot be read: {exception.Message}"),
                ExitCode.InvalidUsage, exception);
        }
    }

    private static string Unquote(string line) => line is ['"', .., '"'] ? line[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal) : line;
}
