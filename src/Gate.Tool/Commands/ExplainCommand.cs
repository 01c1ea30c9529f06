using System.CommandLine;
using Gate.Diagnostics;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate explain CODE</c>, <c>gate explain metric NAME</c> and <c>gate explain threshold R</c>.</summary>
internal static class ExplainCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string?> code = new("code") { Description = "For example GATE3001; or the word metric or threshold; left out: every code with its title", Arity = ArgumentArity.ZeroOrOne };
        Argument<string?> metric = new("name") { Description = $"After the word metric: {string.Join(", ", MetricPages.Names)}; after threshold: the least retention, such as 0.95", Arity = ArgumentArity.ZeroOrOne };
        command.Arguments.Add(code);
        command.Arguments.Add(metric);
        ThresholdExplanation threshold = new(command);
        return (parsed, settings) =>
        {
            if (parsed.GetValue(code) == ThresholdExplanation.Word)
            {
                threshold.Write(parsed.GetValue(metric), parsed, settings);
                return ExitCode.Passed;
            }

            if (parsed.GetValue(code) is not { } name)
            {
                List(settings);
                return ExitCode.Passed;
            }

            if (name == "metric")
            {
                string wanted = parsed.GetValue(metric) ?? "";
                string page = MetricPages.Find(wanted);
                if (settings.Json)
                    JsonOutput.Texts(("metric", wanted), ("markdown", page));
                else
                    Console.Out.Write(page);
                return ExitCode.Passed;
            }

            DiagnosticEntry entry = DiagnosticCatalogue.Find(name) ?? throw GateException.Usage(
                "GATE1010", $"there is no diagnostic '{name}'",
                remedy: NearestName.Find(name, DiagnosticCatalogue.Entries.Select(known => known.Code)) is { } nearest ? $"did you mean {nearest}?"
                    : "name one that a message shows, for example GATE2001");
            if (settings.Json)
            {
                JsonOutput.Texts(("code", entry.Code), ("title", entry.Title), ("cause", entry.Cause), ("remedy", entry.Remedy));
                return ExitCode.Passed;
            }

            ResultText.Line($"{entry.Code}: {entry.Title}");
            ResultText.Line($"cause:  {entry.Cause}");
            ResultText.Line($"remedy: {entry.Remedy}");
            return ExitCode.Passed;
        };
    }

    private static void List(ToolSettings settings)
    {
        if (!settings.Json)
        {
            ResultText.Table(settings, ["code", "title"], [.. DiagnosticCatalogue.Entries.Select(entry => (IReadOnlyList<string>)[entry.Code, entry.Title])]);
            return;
        }

        JsonOutput.Write(writer =>
        {
            writer.WriteStartArray();
            foreach (DiagnosticEntry entry in DiagnosticCatalogue.Entries)
            {
                writer.WriteStartObject();
                writer.WriteString("code", entry.Code);
                writer.WriteString("title", entry.Title);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }
}
