using Gate.Diagnostics;

namespace Gate.Models.Checkpoints;

/// <summary>Recognises checkpoints that another tool quantised, whose packed tensors would otherwise be misread as weights.</summary>
internal static class ForeignQuantization
{
    private static readonly string[] ConfigurationKeys = ["quantization_config", "compression_config"];
    private static readonly string[] SidecarFiles = ["quantize_config.json", "quant_config.json"];

    /// <summary>Refuses a folder that says it holds quantised weights.</summary>
    /// <exception cref="GateException">Exit 4 (GATE3024), naming the format.</exception>
    public static void Refuse(string folder, ModelConfiguration configuration)
    {
        foreach (string key in ConfigurationKeys)
        {
            if (configuration.GetObject(key) is { } quantization)
                throw Refused(configuration.Path, $"'{key}'", Describe(quantization));
        }

        foreach (string file in SidecarFiles)
        {
            if (File.Exists(Path.Combine(folder, file)))
                throw Refused(Path.Combine(folder, file), "the file", "GPTQ or AWQ");
        }
    }

    private static string Describe(ModelConfiguration quantization)
    {
        string method = quantization.GetString("quant_method") ?? "an unnamed method";
        string? format = quantization.GetString("format") ?? quantization.GetString("checkpoint_format");
        return format is null ? method : $"{method}, {format}";
    }

    private static GateException Refused(string path, string where, string format) => GateException.Input(
        "GATE3024",
        $"{path}: expected weights in floating point, found {where} that says they are quantised ({format}); this version of Gate does not read that format yet.",
        new SourceLocation(path),
        "Use the unquantised checkpoint, or one expanded to 16 bit by the tool that quantised it.");
}
