using Gate.Diagnostics;
using Gate.Models;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Export;

/// <summary>In which 16-bit format a compressed layer is written.</summary>
internal static class CandidateFormat
{
    private const float LargestBFloat16 = 3.3895313892515355e38f;

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

    /// <summary>Refuses weights of planned layers that the candidate's 16-bit numbers, or scales, cannot reach; no format is left to saturate.</summary>
    /// <exception cref="GateException">Exit 4 (GATE4021).</exception>
    public static void RequireRange(Model dense, CompressionPlan plan, CancellationToken cancellationToken)
    {
        foreach (PlannedLayer planned in plan.Layers)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TensorInfo tensor = dense.Checkpoint.Require(planned.Layer.WeightTensor);
            NumberFormat format = plan.Layout == CandidateLayout.Gguf ? NumberFormat.Float16 : Of(tensor.Format, dense.Checkpoint.Configuration);
            if (format == tensor.Format)
                continue;
            float[] row = new float[tensor.RowLength];
            float limit = format == NumberFormat.Float16 ? (float)Half.MaxValue : LargestBFloat16;
            for (int index = 0; index < tensor.RowCount; index++)
            {
                dense.Checkpoint.ReadSingles(tensor, index, 1, row);
                int column = Array.FindIndex(row, value => MathF.Abs(value) > limit && !float.IsFinite(SixteenBit.Round(value, format)));
                if (column >= 0)
                    throw Overflow(dense, planned.Layer.Name, format, index, column, row[column]);
            }

            dense.Checkpoint.Release(tensor);
        }
    }

    /// <summary>Says that a tensor has a value its format cannot hold.</summary>
    public static GateException Overflow(Model dense, string name, NumberFormat format, int row, int column, float value) => GateException.Input(
        "GATE4021", $"{dense.Checkpoint.Folder}: {name} has {value:R} at row {row}, column {column} in the candidate, which {format} cannot hold.",
        new SourceLocation(dense.Checkpoint.Folder), "Convert the dense model to bfloat16, or leave this layer out of the recipe's scope.");
}
