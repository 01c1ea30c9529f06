using System.Collections.Immutable;
using System.Text.Json;
using Gate.Models.Checkpoints.Json;

namespace Gate.Models.Checkpoints.Quantized.CompressedTensors;

/// <summary>The <c>quantization_config</c> of a compressed-tensors checkpoint, as far as it decides what the stored tensors mean.</summary>
/// <param name="Groups">Schemes (null: weights left alone) with their targets.</param>
/// <param name="Ignored">Modules left alone.</param>
/// <param name="PacksDensely">Whether this version packs codes across word borders.</param>
/// <param name="SparseFormat">The format of <c>sparsity_config</c>, or null.</param>
/// <param name="Format">The format as messages name it.</param>
internal sealed record CompressedTensorsSettings(
    ImmutableArray<(WeightScheme? Scheme, ImmutableArray<TargetPattern> Targets)> Groups, ImmutableArray<TargetPattern> Ignored, bool PacksDensely,
    string? SparseFormat, string Format)
{
    /// <summary>Whether some group makes the runtime round activations.</summary>
    public bool QuantizesActivations => Groups.Any(group => group.Scheme is { QuantizesActivations: true });

    /// <summary>Reads the settings.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: not as specified (GATE3111), or out of Gate's scope (GATE3110).</exception>
    public static CompressedTensorsSettings Read(CheckedJson settings)
    {
        // Older files keep the two halves side by side under one key.
        CheckedJson sparsity = settings.Find("sparsity_config") ?? settings;
        CheckedJson inner = settings.Find("quantization_config") ?? settings;
        string? format = inner.Find("format")?.AsString();
        CheckScope(inner, format);
        string? sparseFormat = ReferenceEquals(sparsity, settings) ? null : ReadSparseFormat(sparsity);

        var groups = ImmutableArray.CreateBuilder<(WeightScheme?, ImmutableArray<TargetPattern>)>();
        if (inner.Find("config_groups") is { } configured)
        {
            foreach ((string name, CheckedJson group) in configured.Properties())
            {
                CheckedJson targets = group.Is(JsonValueKind.Array) ? group : group.Require("targets", "a list of modules");
                groups.Add((SchemeReader.Read(name, group, format is "dense" ? null : format), Patterns(targets)));
            }
        }

        return new CompressedTensorsSettings(
            groups.ToImmutable(),
            inner.Find("ignore") is { } ignored ? Patterns(ignored) : [],
            VersionOf(inner) is { } version && version >= new Version(0, 17),
            sparseFormat,
            format ?? sparseFormat ?? "");
    }

    /// <summary>The scheme of a module, or null when no group covers it; the more specific target decides.</summary>
    public WeightScheme? SchemeOf(string module)
    {
        if (Ignored.Any(pattern => pattern.Matches(module)))
            return null;
        for (int precision = 0; precision < TargetPattern.Precisions; precision++)
        {
            foreach ((WeightScheme? scheme, ImmutableArray<TargetPattern> targets) in Groups)
            {
                if (targets.Any(target => target.Matches(module, precision)))
                    return scheme;
            }
        }

        return null;
    }

    private static void CheckScope(CheckedJson settings, string? format)
    {
        if (format is not (null or "dense" or "pack-quantized" or "int-quantized" or "naive-quantized" or "float-quantized" or "mixed-precision"))
            throw Unsupported(settings.Find("format")!, $"the format '{format}'");
        if (settings.Find("quantization_status") is { } status && status.AsString() != "compressed")
            throw Unsupported(status, $"the quantization_status '{status.AsString()}': weights that are not compressed yet");
        if (settings.Find("kv_cache_scheme") is { } cache)
            throw Unsupported(cache, "a kv_cache_scheme: quantised keys and values");
        if (settings.Find("transform_config") is { } transform && transform.Properties().Any(property => IsSet(property.Value)))
            throw Unsupported(transform, "a transform_config: weights that need a transform while the model runs");
    }

    private static bool IsSet(CheckedJson value) =>
        value.Element.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
        && !(value.Is(JsonValueKind.Object) && !value.Properties().Any())
        && !(value.Is(JsonValueKind.Array) && !value.Items().Any());

    private static string? ReadSparseFormat(CheckedJson sparsity)
    {
        string? format = sparsity.Find("format")?.AsString();
        return format switch
        {
            null or "dense" => null,
            "sparse-bitmask" or "sparse-24-bitmask" => format,
            _ => throw Unsupported(sparsity.Find("format")!, $"the format '{format}'"),
        };
    }

    private static ImmutableArray<TargetPattern> Patterns(CheckedJson list) => [.. list.Items().Select(TargetPattern.Read)];

    // "0.17.0", "0.17.1.a20260301", "0.16": what follows the third number does not matter. No version at all is older than 0.17.
    private static Version? VersionOf(CheckedJson settings)
    {
        if (settings.Find("version") is not { } version)
            return null;
        string[] numbers = [.. version.AsString().Split('.', '+', '-').TakeWhile(part => int.TryParse(part, out _)).Take(3)];
        return Version.TryParse(string.Join('.', numbers), out Version? parsed) ? parsed : throw version.Expected("a version such as \"0.17.0\"");
    }

    private static Diagnostics.GateException Unsupported(CheckedJson at, string found) =>
        QuantizedDiagnostics.Unsupported(at.Source.Path, QuantizedFolder.LocationOf(at), $"compressed-tensors with {found}");
}
