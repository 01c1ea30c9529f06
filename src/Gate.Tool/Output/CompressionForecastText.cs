using System.Text.Json;
using Gate.Compression;
using Gate.Compression.Recipes;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Output;

/// <summary>What <c>gate compress --dry-run</c> prints; a part of what <c>gate run --dry-run</c> does.</summary>
internal static class CompressionForecastText
{
    /// <summary>Prints tables, or JSON.</summary>
    public static void Print(ToolSettings settings, GateConfiguration configuration, CompressionForecast forecast)
    {
        if (settings.Json)
        {
            JsonOutput.Write(writer =>
            {
                writer.WriteStartObject();
                WriteMembers(writer, configuration, forecast);
                writer.WriteEndObject();
            });
            return;
        }

        PrintFates(settings, forecast);
        ResultText.Line();
        PrintSizes(configuration, forecast);
        ResultText.Line("dry run: nothing was compressed");
    }

    /// <summary>Prints what happens to every layer.</summary>
    public static void PrintFates(ToolSettings settings, CompressionForecast forecast) =>
        ResultText.Table(settings, ["layer", "fate"], [.. Fates(forecast).Select(fate => (IReadOnlyList<string>)[fate.Layer, fate.Text])]);

    /// <summary>Prints sizes and memory.</summary>
    public static void PrintSizes(GateConfiguration configuration, CompressionForecast forecast)
    {
        ResultText.Line($"model             {configuration.Model!.Portable}, weights {forecast.DenseWeightsHash[..12]}");
        ResultText.Line($"recipe            {forecast.Plan.Description}");
        ResultText.Line($"TCr               {forecast.Plan.TheoreticalCompressionRate:0.0000}");
        ResultText.Line($"bits per weight   {forecast.Plan.BitsPerWeight:0.0000}");
        ResultText.Line($"packed            {ByteSize.Format(forecast.Plan.PackedBytes)}");
        ResultText.Line($"candidate         {configuration.Output.Portable}{(forecast.CandidateIsKept ? ", known from an earlier run" : "")}");
        string limit = configuration.Memory is { } bytes ? $", limit {ByteSize.Format(bytes)}" : "";
        string where = forecast.Memory.ActivationsInFile ? ", calibration activations in a temporary file" : "";
        ResultText.Line($"memory            about {ByteSize.Format(forecast.Memory.PeakBytes)} at most{limit}{where}");
    }

    /// <summary>Writes the members of an open object.</summary>
    public static void WriteMembers(Utf8JsonWriter writer, GateConfiguration configuration, CompressionForecast forecast)
    {
        writer.WriteString("model", configuration.Model!.Portable);
        writer.WriteString("denseWeightsHash", forecast.DenseWeightsHash);
        writer.WriteString("recipe", forecast.Plan.Description);
        writer.WriteNumber("theoreticalCompressionRate", forecast.Plan.TheoreticalCompressionRate);
        writer.WriteNumber("bitsPerWeight", forecast.Plan.BitsPerWeight);
        writer.WriteNumber("packedBytes", forecast.Plan.PackedBytes);
        writer.WriteBoolean("candidateIsKept", forecast.CandidateIsKept);
        writer.WriteNumber("peakBytes", forecast.Memory.PeakBytes);
        if (configuration.Memory is { } limit)
            writer.WriteNumber("memoryLimit", limit);
        writer.WriteBoolean("activationsInFile", forecast.Memory.ActivationsInFile);
        writer.WriteStartArray("layers");
        foreach ((string layer, string fate) in Fates(forecast))
        {
            writer.WriteStartObject();
            writer.WriteString("name", layer);
            writer.WriteString("fate", fate);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static IEnumerable<(string Layer, string Text)> Fates(CompressionForecast forecast) =>
    [
        .. forecast.Plan.Layers.Select(layer => (layer.Layer.Name, Fate(layer))),
        .. forecast.Untouched.Select(layer => (layer.Name, "left as it is")),
    ];

    private static string Fate(PlannedLayer layer)
    {
        string prune = layer.Prune is null ? "" : Fate(layer.Prune);
        string quantize = layer.Quantize is null ? "" : Fate(layer.Quantize);
        return string.Join(", ", new[] { prune, quantize }.Where(text => text.Length > 0));
    }

    private static string Fate(PruningRecipe prune)
    {
        string structure = PruningStructures.Of(prune) is not "weights" and var named ? $" of {named}" : "";
        return prune.Pattern is { } pattern ? $"{prune.Method} {pattern}" : $"{prune.Method} {prune.Sparsity:0.####}{structure}";
    }

    private static string Fate(QuantizationRecipe quantize)
    {
        string grid = quantize.Grid == "integer" ? $"{quantize.Bits} bit" : quantize.Grid;
        return $"{quantize.Method} {grid}, {(quantize.GroupSize is { } size ? $"group {size}" : quantize.Granularity)}";
    }
}
