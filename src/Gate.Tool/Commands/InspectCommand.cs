using System.CommandLine;
using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate inspect MODEL</c>.</summary>
internal static class InspectCommand
{
    private const string UnknownFamily = "GATE3080";

    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string> model = new("model") { Description = "The model folder" };
        command.Arguments.Add(model);
        return (parsed, settings) =>
        {
            NamedPath folder = settings.PathOf(parsed.GetValue(model)!);
            using Models.Model? files = OpenKnown(folder.Full);
            using Checkpoint? others = files is null ? Checkpoint.Open(folder.Full) : null;
            ModelInspection inspection = ModelInspection.Of(files?.Checkpoint ?? others!, files, settings.CancellationToken);
            if (settings.Json)
                WriteJson(folder, inspection);
            else
                WriteText(settings, inspection);
            return ExitCode.Passed;
        };
    }

    // Of a family that Gate does not know the files can be looked at all the same.
    private static Models.Model? OpenKnown(string folder)
    {
        try
        {
            return Models.Model.Open(folder);
        }
        catch (GateException exception) when (exception.Diagnostic.Code == UnknownFamily)
        {
            return null;
        }
    }

    private static void WriteText(ToolSettings settings, ModelInspection inspection)
    {
        ResultText.Table(settings, ["layer", "shape", "format", "bits", "sparsity", "bytes"], [.. inspection.Layers.Select(layer => (IReadOnlyList<string>)
        [
            layer.Name, $"{layer.Outputs}x{layer.Inputs}", layer.Format, $"{layer.Bits:0.##}", $"{layer.Sparsity:0.0000}", $"{layer.Bytes}",
        ])]);
        ResultText.Line();
        ResultText.Line($"family          {inspection.Family}{(inspection.CanRun ? "" : ", which Gate cannot run: every matrix is listed")}");
        ResultText.Line($"parameters      {inspection.Parameters}, {inspection.LinearParameters} of them in linear layers");
        ResultText.Line($"tensors         {inspection.Tensors}, {ByteSize.Format(inspection.Bytes)}");
        ResultText.Line($"sparsity        {inspection.Sparsity:0.0000} of the linear weights");
        ResultText.Line($"weights hash    {inspection.WeightsHash}");
        ResultText.Line(inspection.Recipe is null ? "recipe          unknown (no sidecar)" : $"recipe          {inspection.Recipe}");
    }

    private static void WriteJson(NamedPath folder, ModelInspection inspection) => JsonOutput.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("model", folder.Written);
        writer.WriteString("family", inspection.Family);
        writer.WriteBoolean("canRun", inspection.CanRun);
        writer.WriteNumber("parameters", inspection.Parameters);
        writer.WriteNumber("linearParameters", inspection.LinearParameters);
        writer.WriteNumber("tensors", inspection.Tensors);
        writer.WriteNumber("bytes", inspection.Bytes);
        writer.WriteNumber("sparsity", inspection.Sparsity);
        writer.WriteString("weightsHash", inspection.WeightsHash);
        writer.WriteString("recipe", inspection.Recipe);
        writer.WriteStartArray("layers");
        foreach (InspectedLayer layer in inspection.Layers)
        {
            writer.WriteStartObject();
            writer.WriteString("name", layer.Name);
            writer.WriteString("role", layer.Role);
            writer.WriteNumber("outputs", layer.Outputs);
            writer.WriteNumber("inputs", layer.Inputs);
            writer.WriteString("format", layer.Format);
            writer.WriteNumber("bits", layer.Bits);
            writer.WriteNumber("sparsity", layer.Sparsity);
            writer.WriteNumber("bytes", layer.Bytes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
