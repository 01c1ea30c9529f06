using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Gate.Models.Checkpoints;
using Gate.Models.Tests.Checkpoints;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.PackedWeights;
using Gate.Tests;

namespace Gate.Models.Tests.Inference;

/// <summary>A candidate in a packed format is judged as the weights it stands for.</summary>
public sealed class PackedModelTests
{
    [Fact]
    public void A_packed_model_scores_exactly_as_the_same_weights_stored_densely()
    {
        using TemporaryFolder packed = new(), dense = new();
        WritePair(packed, dense);
        using var a = LoadedModel.Folder(packed.Path);
        using var b = LoadedModel.Folder(dense.Path);
        int[] ids = [.. Enumerable.Range(0, 40).Select(i => (i * 97) % 4000)];
        Assert.Equal(b.Logits(ids), a.Logits(ids));
        Assert.NotEqual(a.Model.Identity.WeightsHash, b.Model.Identity.WeightsHash);
    }

    private static void WritePair(TemporaryFolder packedFolder, TemporaryFolder denseFolder)
    {
        using var source = Model.Open(Repository.PathOf("samples", "models", "facts-llama"));
        HashSet<string> linear = [.. source.LinearLayers.Select(layer => layer.WeightTensor)];
        List<TensorToWrite> packed = [], dense = [];
        foreach (TensorInfo tensor in source.Checkpoint.Tensors)
        {
            if (!linear.Contains(tensor.Name))
            {
                var copy = new TensorToWrite(tensor.Name, tensor.Format, tensor.Shape, stream => stream.Write(source.Checkpoint.ReadBytes(tensor, 0, tensor.RowCount)));
                packed.Add(copy);
                dense.Add(copy);
                continue;
            }

            (int rows, int columns) = ((int)tensor.Shape[0], (int)tensor.Shape[1]);
            float[] weights = source.Checkpoint.ReadSingles(tensor.Name);
            sbyte[] codes = new sbyte[weights.Length];
            ushort[] scales = new ushort[weights.Length / 32];
            float[] values = new float[weights.Length];
            for (int group = 0; group < scales.Length; group++)
            {
                scales[group] = BFloat16Conversion.Narrow(weights.AsSpan(group * 32, 32).ToArray().Max(MathF.Abs) / 7);
                float scale = BFloat16Conversion.Widen(scales[group]);
                for (int i = group * 32; i < (group + 1) * 32; i++)
                {
                    codes[i] = (sbyte)Math.Clamp(MathF.Round(weights[i] / scale), -8, 7);
                    values[i] = scale * codes[i];
                }
            }

            string module = tensor.Name[..^".weight".Length];
            dense.Add(Tensor(tensor.Name, NumberFormat.Float32, values, rows, columns));
            packed.Add(Tensor($"{module}.weight_packed", NumberFormat.Int32, CompressedTensorsPacking.Pack(codes, rows, columns, 4, true), rows, columns / 8));
            packed.Add(Tensor($"{module}.weight_scale", NumberFormat.BFloat16, scales, rows, columns / 32));
            packed.Add(Tensor($"{module}.weight_shape", NumberFormat.Int64, [rows, (long)columns], 2));
        }

        JsonObject configuration = JsonNode.Parse(File.ReadAllText(Repository.PathOf("samples", "models", "facts-llama", "config.json")))!.AsObject();
        File.WriteAllText(denseFolder.PathOf("config.json"), configuration.ToJsonString());
        configuration["quantization_config"] = JsonNode.Parse(Checkpoints.Quantized.CompressedTensorsTests.Settings(4, true, "group", 32, "0.18.0"));
        File.WriteAllText(packedFolder.PathOf("config.json"), configuration.ToJsonString());
        CheckpointWriter.WriteTensors(packedFolder.Path, packed);
        CheckpointWriter.WriteTensors(denseFolder.Path, dense);
    }

    private static TensorToWrite Tensor<T>(string name, NumberFormat format, T[] values, params long[] shape)
        where T : unmanaged => new(name, format, [.. shape], stream => stream.Write(MemoryMarshal.AsBytes<T>(values)));
}
