using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Gate.Models;
using Gate.Models.Checkpoints;
using Gate.Models.Families;
using Gate.Models.Gguf;
using Gate.Models.Gguf.Writing;
using Gate.Models.Structure;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.PackedWeights.Gguf;
using Gate.Tests;

namespace Gate.Peers.LlamaCpp;

/// <summary>A model of any family with seeded random weights in binary32 and a tokenizer of the fixtures, as a Hugging Face folder and as a GGUF file.</summary>
internal static class RandomModel
{
    /// <summary>Writes a folder.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="configuration"><c>config.json</c>.</param>
    /// <param name="tokenizer">A folder of the tokenizer fixtures.</param>
    public static void Write(string folder, string configuration, string tokenizer)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), configuration);
        if (tokenizer == "llama2_spm_bpe")
            ScoredTokenizer.Write(folder);
        foreach (string file in Directory.EnumerateFiles(Repository.Fixture("tokenizers", tokenizer), "*token*.json").Where(file => !File.Exists(Path.Combine(folder, Path.GetFileName(file)))))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        ModelConfiguration parsed = ModelConfiguration.Parse("config.json", System.Text.Encoding.UTF8.GetBytes(configuration));
        IReadOnlyList<ExpectedTensor> layout = TensorLayout.Of(FamilyRegistry.Read(parsed, _ => true));
        CheckpointWriter.WriteTensors(folder, layout.Select((tensor, index) => new TensorToWrite(
            tensor.Name, NumberFormat.Float32, tensor.Shape, stream => stream.Write(MemoryMarshal.AsBytes<float>(Values(tensor, index))))));
    }

    /// <summary>Writes a folder's model as one GGUF file with all weights in binary32.</summary>
    /// <returns>The path of the file.</returns>
    public static string WriteGguf(string folder, string target)
    {
        using Model model = Model.Open(folder);
        GgufHeader header = model.GgufHeader();
        List<GgufTensorToWrite> tensors = [.. header.OwnTensors];
        foreach (TensorInfo tensor in model.Checkpoint.Tensors)
        {
            if (header.PlaceOf(tensor) is { } place)
                tensors.Add(new GgufTensorToWrite(place.Name, GgufBlockFormat.F32, tensor.Shape, stream => Copy(model.Checkpoint, tensor, place, stream)));
        }

        Directory.CreateDirectory(target);
        header.Write(target, tensors, GgufBlockFormat.F32, TestContext.Current.CancellationToken);
        return Path.Combine(target, GgufHeader.FileName);
    }

    private static void Copy(Checkpoint checkpoint, TensorInfo tensor, GgufPlace place, Stream stream)
    {
        float[] row = new float[tensor.RowLength];
        for (long stored = 0; stored < tensor.RowCount; stored++)
        {
            checkpoint.ReadSingles(tensor, place.ModelRow(stored), 1, row);
            for (int i = 0; i < row.Length; i++)
                row[i] += place.Offset;
            stream.Write(MemoryMarshal.AsBytes<float>(row));
        }
    }

    // Vectors are large enough that a norm or bias in the wrong place shows.
    private static float[] Values(ExpectedTensor tensor, int seed)
    {
        Random random = new(seed);
        ImmutableArray<long> shape = tensor.Shape;
        bool isNorm = shape.Length == 1 && tensor.Name.EndsWith("weight", StringComparison.Ordinal);
        float spread = shape.Length == 1 ? 0.3f : 2 / MathF.Sqrt(shape[^1]);
        float[] values = new float[shape.Aggregate(1L, (product, extent) => product * extent)];
        for (int i = 0; i < values.Length; i++)
            values[i] = (((float)random.NextDouble() * 2) - 1) * spread + (isNorm ? 0.8f : 0);
        return values;
    }
}
