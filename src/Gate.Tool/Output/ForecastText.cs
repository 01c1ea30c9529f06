using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Core.Verdicts.Power;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Output;

/// <summary>What <c>gate run --dry-run</c> prints.</summary>
internal static class ForecastText
{
    /// <summary>Prints tables, or JSON.</summary>
    public static void Print(ToolSettings settings, GateConfiguration configuration, RunForecast forecast)
    {
        if (settings.Json)
        {
            WriteJson(configuration, forecast);
            return;
        }

        CompressionForecastText.PrintFates(settings, forecast.Compression);
        ResultText.Line();
        ResultText.Table(settings, ["task", "questions", "left out", "dense kept", "candidate kept"], [.. forecast.Tasks.Select(task => (IReadOnlyList<string>)
        [
            task.Name, $"{task.Items}", $"{task.Excluded}", $"{task.DenseKept}", $"{task.CandidateKept}",
        ])]);
        ResultText.Line();
        foreach (PowerForecast power in forecast.Power)
            ResultText.Line($"{power.Outlook} {power.Sentence}");
        ResultText.Line();
        CompressionForecastText.PrintSizes(configuration, forecast.Compression);
        ResultText.Line($"time              about {forecast.Seconds:0} s for the questions without a kept answer");
        ResultText.Line("dry run: nothing was compressed, nothing was asked");
    }

    private static void WriteJson(GateConfiguration configuration, RunForecast forecast) => JsonOutput.Write(writer =>
    {
        writer.WriteStartObject();
        CompressionForecastText.WriteMembers(writer, configuration, forecast.Compression);
        writer.WriteNumber("seconds", forecast.Seconds);
        writer.WriteStartArray("tasks");
        foreach (TaskForecast task in forecast.Tasks)
        {
            writer.WriteStartObject();
            writer.WriteString("name", task.Name);
            writer.WriteNumber("items", task.Items);
            writer.WriteNumber("excluded", task.Excluded);
            writer.WriteNumber("denseKept", task.DenseKept);
            writer.WriteNumber("candidateKept", task.CandidateKept);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("power");
        foreach (PowerForecast power in forecast.Power)
        {
            writer.WriteStartObject();
            writer.WriteString("key", power.Key);
            writer.WriteNumber("items", power.Items);
            writer.WriteNumber("power", power.Power);
            writer.WriteBoolean("canResolve", power.CanResolve);
            writer.WriteString("sentence", power.Sentence);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
