using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gate.Models;
using Gate.Models.Structure;

namespace Gate.Compression.Export.Formats;

/// <summary>The configuration of a candidate: the dense model's, and what readers must know about packed layers.</summary>
internal static class CandidateConfiguration
{
    private const string FileName = "config.json";
    private const string GptqFileName = "quantize_config.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes <c>config.json</c>, and for GPTQ the file beside it that older readers look for.</summary>
    public static void Write(CandidateFolder folder, Model dense, CompressionPlan plan)
    {
        if (LayerFormat.Of(plan.Layout, dense) is not { } format)
        {
            if (dense.IsReduced)
                folder.Write(FileName, Text(JsonNode.Parse(dense.Checkpoint.Configuration.Root.GetRawText())!.AsObject()));
            else
                folder.CopyFrom(dense.Checkpoint.Folder, FileName);
            return;
        }

        HashSet<string> planned = [.. plan.Layers.Select(layer => layer.Layer.Name)];
        LinearLayer[] untouched = [.. dense.LinearLayers.Where(layer => !planned.Contains(layer.Name))];
        JsonObject quantization = format.Configuration(plan, untouched);
        JsonObject configuration = JsonNode.Parse(dense.Checkpoint.Configuration.Root.GetRawText())!.AsObject();
        configuration["quantization_config"] = quantization;
        if (plan.Layout == CandidateLayout.Gptq)
            folder.Write(GptqFileName, Text(quantization));
        folder.Write(FileName, Text(configuration));
    }

    private static byte[] Text(JsonObject value) => Encoding.UTF8.GetBytes(value.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n");
}
