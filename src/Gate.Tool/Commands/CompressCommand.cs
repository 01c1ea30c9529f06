using System.CommandLine;
using Gate.Compression;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Diagnostics;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate compress [CONFIG or MODEL]</c>.</summary>
internal static class CompressCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string?> target = new("config") { Description = "gate.json, a folder that holds one, or a model folder; left out: searched upwards", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> output = new("--output", "-o") { Description = "Folder of the candidate, instead of output.path" };
        Option<bool> dryRun = new("--dry-run") { Description = "Resolve, check and predict everything; compress nothing" };
        command.Arguments.Add(target);
        command.Options.Add(output);
        command.Options.Add(dryRun);
        return (parsed, settings) =>
        {
            GateConfiguration configuration = Configured.Find(parsed.GetValue(target), settings);
            if (parsed.GetValue(output) is { Length: > 0 } folder)
                configuration = configuration with { Output = settings.PathOf(folder) };
            if (parsed.GetValue(dryRun))
            {
                CompressionForecastText.Print(settings, configuration, RunProgress.Run(settings, configuration.Engine, context => CompressionForecast.Of(configuration, context)));
                return ExitCode.Passed;
            }

            CompressionOutcome outcome = RunProgress.Run(settings, configuration.Engine, context => GateRun.Compress(configuration, context).Outcome);
            if (settings.Json)
                WriteJson(configuration, outcome);
            else
                WriteText(settings, configuration, outcome);
            return ExitCode.Passed;
        };
    }

    private static void WriteText(ToolSettings settings, GateConfiguration configuration, CompressionOutcome outcome)
    {
        ResultText.Table(settings, ["layer", "bits", "group", "sparsity", "weight error"], [.. outcome.Layers.Select(layer => (IReadOnlyList<string>)
        [
            layer.Layer.Name, $"{layer.Bits:0.##}", layer.GroupSize == 0 ? "channel" : $"{layer.GroupSize}", $"{layer.Sparsity:0.0000}",
            $"{layer.WeightError:0.000000}",
        ])]);
        ResultText.Line();
        ResultText.Line($"recipe            {outcome.RecipeText}");
        ResultText.Line($"TCr               {outcome.TheoreticalCompressionRate:0.0000}");
        ResultText.Line($"bits per weight   {outcome.BitsPerWeight:0.0000}");
        ResultText.Line($"packed            {ByteSize.Format(outcome.PackedBytes)} (dense at 16 bit: {ByteSize.Format(outcome.DenseBytes16)})");
        ResultText.Line($"candidate         {settings.Show(configuration.Output.Full)}");
    }

    private static void WriteJson(GateConfiguration configuration, CompressionOutcome outcome) => JsonOutput.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("candidate", configuration.Output.Portable);
        writer.WriteString("recipe", outcome.RecipeText);
        writer.WriteNumber("theoreticalCompressionRate", outcome.TheoreticalCompressionRate);
        writer.WriteNumber("sparsity", outcome.Sparsity);
        writer.WriteNumber("bits", outcome.Bits);
        writer.WriteNumber("bitsPerWeight", outcome.BitsPerWeight);
        writer.WriteNumber("packedBytes", outcome.PackedBytes);
        writer.WriteNumber("denseBytes16", outcome.DenseBytes16);
        writer.WriteString("denseWeightsHash", outcome.DenseWeightsHash);
        writer.WriteString("candidateWeightsHash", outcome.CandidateWeightsHash);
        writer.WriteStartArray("layers");
        foreach (CompressedLayer layer in outcome.Layers)
        {
            writer.WriteStartObject();
            writer.WriteString("name", layer.Layer.Name);
            writer.WriteNumber("weights", layer.Layer.WeightCount);
            writer.WriteNumber("bits", layer.Bits);
            writer.WriteNumber("groupSize", layer.GroupSize);
            writer.WriteNumber("sparsity", layer.Sparsity);
            writer.WriteNumber("weightError", layer.WeightError);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
