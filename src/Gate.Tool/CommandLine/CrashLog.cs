using Gate.Tool.Output;

namespace Gate.Tool.CommandLine;

/// <summary>What happens with a defect: the stack goes to a report file, one line to the user.</summary>
internal static class CrashLog
{
    /// <summary>Writes the report and says where it is.</summary>
    public static void Report(Exception exception)
    {
        string text = $"{VersionText.Render()}\ncommand line: {Environment.CommandLine}\n\n{exception}\n";
        string place;
        try
        {
            string path = Path.Combine(Path.GetTempPath(), $"gate-crash-{Guid.NewGuid():N}.log");
            File.WriteAllText(path, text);
            place = $"the report is in {path}";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            place = $"and no report could be written ({failure.Message})";
        }

        string message = exception.Message.ReplaceLineEndings(" ");
        Console.Error.WriteLine($"gate: error GATE9001: a defect in Gate ({exception.GetType().Name}: {message}); {place}");
        Console.Error.WriteLine("  please report it with that file");
    }
}
