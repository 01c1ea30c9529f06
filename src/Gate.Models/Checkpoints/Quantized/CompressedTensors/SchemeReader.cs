using System.Text.Json;
using Gate.Diagnostics;
using Gate.Models.Checkpoints.Json;

namespace Gate.Models.Checkpoints.Quantized.CompressedTensors;

/// <summary>Reads the scheme of a configuration group: spelt out, or the name of a preset with a list of targets.</summary>
internal static class SchemeReader
{
    /// <summary>The scheme of a group.</summary>
    /// <param name="name">The group's key, the preset's name when the value is a list.</param>
    /// <param name="group">The group's value.</param>
    /// <param name="globalFormat">The configuration's own format, for groups without one.</param>
    /// <returns>Null when the group leaves weights alone.</returns>
    public static WeightScheme? Read(string name, CheckedJson group, string? globalFormat)
    {
        if (group.Is(JsonValueKind.Array))
            return Preset(name, group, globalFormat);
        string? format = group.Find("format")?.AsString() ?? globalFormat;
        bool quantizesActivations = group.Find("input_activations") is not null;
        if (group.Find("weights") is not { } weights)
            return null;

        int bits = weights.Find("num_bits")?.AsInt32(1) ?? 8;
        string type = weights.Find("type")?.AsString() ?? "int";
        if (type is not ("int" or "float"))
            throw weights.Find("type")!.Expected("\"int\" or \"float\"");
        bool isFloat = type == "float";
        if (isFloat ? bits != 8 : bits > 8)
            throw Unsupported(weights, $"{bits}-bit {type} weights");
        format = CheckedFormat(group, format, isFloat, quantizesActivations);
        bool symmetric = weights.Find("symmetric")?.AsBoolean() ?? true;
        (ScaleSharing sharing, int groupSize, (int, int) block) = ReadSharing(weights);
        return new WeightScheme(format, isFloat, bits, symmetric, sharing, groupSize, block, quantizesActivations)
        {
            HasIntegerActivations = group.Find("input_activations") is { } activations && AreDynamicIntegers(activations),
        };
    }

    private static bool AreDynamicIntegers(CheckedJson activations) =>
        activations.Is(JsonValueKind.Object)
        && (activations.Find("num_bits")?.AsInt32(1) ?? 8) == 8
        && (activations.Find("type")?.AsString() ?? "int") == "int"
        && activations.Find("strategy")?.AsString() == "token"
        && activations.Find("dynamic") is { } dynamic && dynamic.Is(JsonValueKind.True)
        && (activations.Find("symmetric")?.AsBoolean() ?? true);

    // The library's own rule when no format is given.
    private static string CheckedFormat(CheckedJson group, string? format, bool isFloat, bool quantizesActivations)
    {
        if (format is null or "mixed-precision")
            format = isFloat ? "float-quantized" : quantizesActivations ? "int-quantized" : "pack-quantized";
        bool fits = format switch
        {
            "pack-quantized" or "int-quantized" => !isFloat,
            "naive-quantized" => true,
            "float-quantized" => isFloat,
            _ => throw Unsupported(group, $"the format '{format}'"),
        };
        return fits ? format : throw group.Refuse($"expected weights of the type that '{format}' stores, found {(isFloat ? "float" : "int")}");
    }

    private static (ScaleSharing Sharing, int GroupSize, (int Rows, int Columns) Block) ReadSharing(CheckedJson weights)
    {
        CheckedJson? size = weights.Find("group_size"), strategy = weights.Find("strategy");
        int groupSize = size?.AsInt32(-1) ?? 0;
        string named = strategy?.AsString() ?? (groupSize == 0 ? "tensor" : groupSize == -1 ? "channel" : "group");
        switch (named)
        {
            case "tensor":
                return (ScaleSharing.Tensor, 0, default);
            case "channel":
            case "group" when groupSize == -1:
                return (ScaleSharing.Channel, 0, default);
            case "group":
                return groupSize > 0 ? (ScaleSharing.Group, groupSize, default) : throw (size ?? weights).Refuse("expected a group_size of at least 1 for the strategy \"group\"");
            case "block":
                CheckedJson structure = weights.Require("block_structure", "two integers");
                int[] extents = structure.Is(JsonValueKind.Array) ? [.. structure.Items().Select(item => item.AsInt32(1))] : [];
                return extents.Length == 2 ? (ScaleSharing.Block, 0, (extents[0], extents[1])) : throw structure.Expected("two integers of at least 1");
            default:
                throw Unsupported(strategy!, $"the strategy '{named}'");
        }
    }

    private static WeightScheme? Preset(string name, CheckedJson targets, string? globalFormat)
    {
        WeightScheme Scheme(bool isFloat, int bits, bool symmetric, ScaleSharing sharing, int groupSize, bool activations) => new(
            CheckedFormat(targets, globalFormat, isFloat, activations), isFloat, bits, symmetric, sharing, groupSize,
            sharing == ScaleSharing.Block ? (128, 128) : default, activations)
        {
            HasIntegerActivations = activations && !isFloat,
        };
        return name.ToUpperInvariant() switch
        {
            "UNQUANTIZED" => null,
            "W4A16" => Scheme(false, 4, true, ScaleSharing.Group, 128, false),
            "W4A16_ASYM" => Scheme(false, 4, false, ScaleSharing.Group, 128, false),
            "W8A16" => Scheme(false, 8, true, ScaleSharing.Channel, 0, false),
            "W8A8" or "INT8" => Scheme(false, 8, true, ScaleSharing.Channel, 0, true),
            "W4A8" => Scheme(false, 4, true, ScaleSharing.Group, 128, true),
            "FP8" => Scheme(true, 8, true, ScaleSharing.Tensor, 0, true),
            "FP8_DYNAMIC" => Scheme(true, 8, true, ScaleSharing.Channel, 0, true),
            "FP8_BLOCK" => Scheme(true, 8, true, ScaleSharing.Block, 0, true),
            _ => throw Unsupported(targets, $"the preset '{name}'"),
        };
    }

    private static GateException Unsupported(CheckedJson at, string found) =>
        QuantizedDiagnostics.Unsupported(at.Source.Path, QuantizedFolder.LocationOf(at), $"compressed-tensors with {found}");
}
