using Gate.Compression;
using Gate.Compression.Recipes;
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

        ResultText.Table(settings, ["layer", "fate"], [.. Fates(forecast).Select(fate => (IReadOnlyList<string>)[fate.Layer, fate.Text])]);
        ResultText.Line();
        ResultText.Table(settings, ["task", "questions", "left out", "dense kept", "candidate kept"], [.. forecast.Tasks.Select(task => (IReadOnlyList<string>)
        [
            task.Name, $"{task.Items}", $"{task.Excluded}", $"{task.DenseKept}", $"{task.CandidateKept}",
        ])]);
        ResultText.Line();
        foreach (PowerForecast power in forecast.Power)
            ResultText.Line($"{power.Outlook} {power.Sentence}");
        ResultText.Line();
        ResultText.Line($"model             {configuration.Model!.Portable}, weights {forecast.DenseWeightsHash[..12]}");
        ResultText.Line($"recipe            {forecast.Plan.Description}");
        ResultText.Line($"TCr               {forecast.Plan.TheoreticalCompressionRate:0.0000}");
        ResultText.Line($"bits per weight   {forecast.Plan.BitsPerWeight:0.0000}");
        ResultText.Line($"packed            {ByteSize.Format(forecast.Plan.PackedBytes)}");
        ResultText.Line($"candidate         {configuration.Output.Portable}{(forecast.CandidateIsKept ? ", known from an earlier run" : "")}");
        ResultText.Line($"memory            about {ByteSize.Format(forecast.PeakBytes)} at most");
        ResultText.Line($"time              about {forecast.Seconds:0} s for the questions without a kept answer");
        ResultText.Line("dry run: nothing was compressed, nothing was asked");
    }

    private static IEnumerable<(string Layer, string Text)> Fates(RunForecast forecast) =>
    [
        .. forecast.Plan.Layers.Select(layer => (layer.Layer.Name, Fate(layer))),
        .. forecast.Untouched.Select(layer => (layer.Name, "left as it is")),
    ];

    private static string Fate(PlannedLayer layer)
    {
        string prune = layer.Prune is null ? "" : layer.Prune.Pattern is { } pattern ? $"{layer.Prune.Method} {pattern}" : $"{layer.Prune.Method} {layer.Prune.Sparsity:0.####}";
        string quantize = layer.Quantize is null ? "" : Fate(layer.Quantize);
        return string.Join(", ", new[] { prune, quantize }.Where(text => text.Length > 0));
    }

    private static string Fate(QuantizationRecipe quantize)
    {
        string grid = quantize.Grid == "integer" ? $"{quantize.Bits} bit" : quantize.Grid;
        return $"{quantize.Method} {grid}, {(quantize.GroupSize is { } size ? $"group {size}" : quantize.Granularity)}";
    }

    private static void WriteJson(GateConfiguration configuration, RunForecast forecast) => JsonOutput.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("model", configuration.Model!.Portable);
        writer.WriteString("denseWeightsHash", forecast.DenseWeightsHash);
        writer.WriteString("recipe", forecast.Plan.Description);
        writer.WriteNumber("theoreticalCompressionRate", forecast.Plan.TheoreticalCompressionRate);
        writer.WriteNumber("bitsPerWeight", forecast.Plan.BitsPerWeight);
        writer.WriteNumber("packedBytes", forecast.Plan.PackedBytes);
        writer.WriteBoolean("candidateIsKept", forecast.CandidateIsKept);
        writer.WriteNumber("peakBytes", forecast.PeakBytes);
        writer.WriteNumber("seconds", forecast.Seconds);
        writer.WriteStartArray("layers");
        foreach ((string layer, string fate) in Fates(forecast))
        {
            writer.WriteStartObject();
            writer.WriteString("name", layer);
            writer.WriteString("fate", fate);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
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
