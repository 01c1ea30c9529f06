using Gate.Diagnostics;
using Gate.Models;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Export;

/// <summary>In which 16-bit format a compressed layer is written.</summary>
internal static class CandidateFormat
{
    /// <summary>
    /// The source's own when it is 16 bit; for a binary32 source the format the configuration names (<c>torch_dtype</c>), else bfloat16, whose range is
    /// that of binary32. A configuration that names float32 keeps doing so: loaders then widen the 16-bit layers exactly and round nothing.
    /// </summary>
    public static NumberFormat Of(NumberFormat source, ModelConfiguration configuration) => source switch
    {
        NumberFormat.BFloat16 or NumberFormat.Float16 => source,
        _ when (configuration.GetString("torch_dtype") ?? configuration.GetString("dtype")) is "float16" or "torch.float16" => NumberFormat.Float16,
        _ => NumberFormat.BFloat16,
    };

    /// <summary>Says that a tensor has a value its format cannot hold.</summary>
    public static GateException Overflow(Model dense, string name, NumberFormat format, int row, int column, float value) => GateException.Input(
        "GATE4021", $"{dense.Checkpoint.Folder}: {name} has {value:R} at row {row}, column {column} in the candidate, which {format} cannot hold.",
        new SourceLocation(dense.Checkpoint.Folder), "Convert the dense model to bfloat16, or leave this layer out of the recipe's scope.");
}
