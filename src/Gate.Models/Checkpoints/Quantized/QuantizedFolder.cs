using System.Text.Json;
using Gate.Diagnostics;
using Gate.Models.Checkpoints.Json;
using Gate.Models.Checkpoints.Quantized.Awq;
using Gate.Models.Checkpoints.Quantized.CompressedTensors;
using Gate.Models.Checkpoints.Quantized.Gptq;
using Gate.Models.Checkpoints.Quantized.Mxfp4;

namespace Gate.Models.Checkpoints.Quantized;

/// <summary>Finds the quantisation settings of a model folder and presents the packed tensors as the matrices they stand for.</summary>
internal static class QuantizedFolder
{
    private static readonly string[] ConfigurationKeys = ["quantization_config", "compression_config"];
    private const int PlainBits = 16;

    private static readonly string[] PackedEndings = [".qweight", ".weight_packed", ".weight_scale", "_blocks", ".weight_scale_inv"];

    private static readonly string[] SidecarFiles = ["quantize_config.json", "quant_config.json"];

    /// <summary>The tensors of the model.</summary>
    /// <param name="folder">The model folder.</param>
    /// <param name="configuration">Its <c>config.json</c>.</param>
    /// <param name="store">Its stored tensors.</param>
    /// <exception cref="GateException">Exit 4: a format Gate does not read (GATE3110), or settings and tensors that contradict each other.</exception>
    public static ModelTensors Present(string folder, ModelConfiguration configuration, TensorStore store)
    {
        if (FindSettings(folder, configuration) is not { } settings)
        {
            RequirePlain(configuration, store);
            return ModelTensors.Unchanged(store);
        }

        string method = MethodOf(settings);
        return method switch
        {
            "compressed-tensors" or "sparseml" => CompressedTensorsFolder.Present(settings, store),
            "gptq" => GptqFolder.Present(settings, store),
            "awq" => AwqFolder.Present(settings, store),
            "mxfp4" => Mxfp4Folder.Present(store),
            "auto-round" or "intel/auto-round" => AutoRound(settings, store),
            _ => throw QuantizedDiagnostics.Unsupported(settings.Source.Path, LocationOf(settings), Describe(method, settings)),
        };
    }

    // AutoRound chooses codes its own way and packs them in the layout of another: of layers with codes of their own, which extra_config lists, it says so per layer.
    private static ModelTensors AutoRound(CheckedJson settings, TensorStore store)
    {
        CheckedJson? packing = settings.Find("packing_format"), type = settings.Find("data_type"), extra = settings.Find("extra_config");
        if (type is not null && type.AsString() != "int")
            throw QuantizedDiagnostics.Unsupported(settings.Source.Path, LocationOf(settings), $"quant_method 'auto-round' with data_type '{type.AsString()}'");
        if (extra is not null && extra.Is(JsonValueKind.Object) && extra.Properties().Any(layer => (layer.Value.Find("bits")?.AsInt32() ?? PlainBits) < PlainBits))
            throw QuantizedDiagnostics.Unsupported(settings.Source.Path, LocationOf(settings), "quant_method 'auto-round' with layers of other bits in extra_config");
        return packing?.AsString() switch
        {
            "auto_round:auto_gptq" or "auto_gptq" => GptqFolder.Present(settings, store),
            "auto_round:auto_awq" or "auto_awq" => AwqFolder.Present(settings, store),
            string other => throw QuantizedDiagnostics.Unsupported(settings.Source.Path, LocationOf(settings), $"quant_method 'auto-round' with packing_format '{other}'"),
            null => throw QuantizedDiagnostics.Unsupported(settings.Source.Path, LocationOf(settings), "quant_method 'auto-round' without a packing_format"),
        };
    }

    // A configuration that was written anew, or copied from the dense model, no longer says how the weights beside it are packed.
    private static void RequirePlain(ModelConfiguration configuration, TensorStore store)
    {
        if (store.Tensors.FirstOrDefault(tensor => PackedEndings.Any(ending => tensor.Name.EndsWith(ending, StringComparison.Ordinal))) is not { } packed)
            return;
        throw GateException.Input(
            QuantizedDiagnostics.SettingsCode,
            $"{configuration.Path}: expected a 'quantization_config' beside packed weights ('{packed.Name}'), found none, and neither {string.Join(" nor ", SidecarFiles)} in the folder.",
            new SourceLocation(configuration.Path),
            "Copy config.json from where these weights were quantised: it lost its quantization_config.");
    }

    /// <summary>Where settings stand, for messages.</summary>
    public static SourceLocation LocationOf(CheckedJson settings) => settings.Refuse("").Diagnostic.Location ?? new SourceLocation(settings.Source.Path);

    // What the configuration says counts; the files beside it are the older custom.
    private static CheckedJson? FindSettings(string folder, ModelConfiguration configuration)
    {
        foreach (string key in ConfigurationKeys)
        {
            if (!configuration.Root.TryGetProperty(key, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
                continue;
            CheckedJson found = Parse(configuration.Path).Require(key, "an object");
            return found.Is(JsonValueKind.Object) ? found : throw found.Expected("an object");
        }

        return SidecarFiles.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists) is { } path ? Parse(path) : null;
    }

    private static CheckedJson Parse(string path) =>
        JsonSource.Read(path, QuantizedDiagnostics.SettingsCode, QuantizedDiagnostics.SettingsRemedy, ModelConfiguration.MaximumBytes).Parse();

    private static string MethodOf(CheckedJson settings)
    {
        if (settings.Find("quant_method") is { } method)
            return method.AsString();
        if (settings.Find("config_groups") is not null || settings.Find("sparsity_config") is not null)
            return "compressed-tensors";
        string file = Path.GetFileName(settings.Source.Path);
        bool hasBits = settings.Find("bits") is not null || settings.Find("w_bit") is not null || settings.Find("wbits") is not null;
        return hasBits && file == SidecarFiles[0] ? "gptq"
            : hasBits && file == SidecarFiles[1] ? "awq"
            : throw QuantizedDiagnostics.Unsupported(settings.Source.Path, LocationOf(settings), "quantisation settings that name no quant_method");
    }

    private static string Describe(string method, CheckedJson settings)
    {
        string? format = (settings.Find("format") ?? settings.Find("checkpoint_format")) is { } found && found.Is(JsonValueKind.String) ? found.AsString() : null;
        return $"quant_method '{method}'{(format is null ? "" : $" ({format})")}";
    }
}
