using System.CommandLine;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Diagnostics;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate evaluate MODEL</c>.</summary>
internal static class EvaluateCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string> model = new("model") { Description = "The model folder" };
        Option<string?> config = new("--config", "-c") { Description = "gate.json whose suite is asked; left out: searched upwards, else the built-in suite" };
        command.Arguments.Add(model);
        command.Options.Add(config);
        return (parsed, settings) =>
        {
            NamedPath folder = settings.PathOf(parsed.GetValue(model)!);
            GateConfiguration configuration = Configured.FindOrBuiltIn(parsed.GetValue(config), settings);
            ModelScores scores = RunProgress.Run(settings, configuration.Engine, context => ModelScoring.Score(configuration.Suite, folder, context));
            if (settings.Json)
                WriteJson(scores);
            else
                WriteText(settings, scores);
            return ExitCode.Passed;
        };
    }

    private static void WriteText(ToolSettings settings, ModelScores scores) => ResultText.Table(
        settings, ["task", "metric", "score", "chance", "items", "invalid", "other metrics"], [.. scores.Tasks.Select(task => (IReadOnlyList<string>)
        [
            task.Name, task.Metric, $"{task.Score:0.0000}", $"{task.Chance:0.0000}", $"{task.Items}", $"{task.Invalid}",
            string.Join(", ", task.OtherMetrics.Select(metric => $"{metric.Key} {metric.Value:0.0000}")),
        ])]);

    private static void WriteJson(ModelScores scores) => JsonOutput.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("model", scores.Model.Path);
        writer.WriteString("family", scores.Model.Family);
        writer.WriteNumber("parameters", scores.Model.Parameters);
        writer.WriteString("weightsHash", scores.Model.WeightsHash);
        writer.WriteString("tokenizerHash", scores.Model.TokenizerHash);
        writer.WriteStartArray("tasks");
        foreach (TaskScore task in scores.Tasks)
        {
            writer.WriteStartObject();
            writer.WriteString("name", task.Name);
            writer.WriteString("protocol", task.Protocol);
            writer.WriteString("metric", task.Metric);
            writer.WritePropertyName("score");
            writer.Number(task.Score);
            writer.WriteNumber("chance", task.Chance);
            writer.WriteNumber("items", task.Items);
            writer.WriteNumber("invalid", task.Invalid);
            writer.WriteStartObject("otherMetrics");
            foreach ((string name, double value) in task.OtherMetrics)
            {
                writer.WritePropertyName(name);
                writer.Number(value);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
