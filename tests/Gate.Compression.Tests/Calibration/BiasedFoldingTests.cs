using System.Runtime.InteropServices;
using Gate.Compression.Recipes;
using Gate.Models;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Compression.Tests.Calibration;

/// <summary>
/// The sample model rewritten with keys and values for every head, which computes the same, and then given biases: what folds into linear layers in front of
/// others, and into their biases, is visible only there.
/// </summary>
public sealed class BiasedFoldingTests : IDisposable
{
    private const int HeadSize = 32;

    private static readonly CalibrationRecipe Facts = new(
        Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "calibration.jsonl"), Samples: 4, SequenceLength: 64);

    private static readonly Recipe Awq = new(null, new QuantizationRecipe { Method = "awq", Bits = 8, GroupSize = 32 }, Facts);

    private readonly string _root = Directory.CreateTempSubdirectory("gate-folding-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Scales_of_attention_outputs_fold_into_the_values_of_their_own_heads()
    {
        using Model dense = MultiHead("heads", bias: 0);
        CompressionOutcome outcome = Compress(dense);
        Assert.All(outcome.Layers, layer => Assert.Null(layer.Fallback));
        using Model candidate = Model.Open(Candidate);
        Assert.InRange(HeldOutText.Perplexity(candidate, 40) / HeldOutText.Perplexity(dense, 40), 0.99, 1.01);
        float[] scales = RowScales(dense, candidate, "model.layers.1.self_attn.v_proj.weight");
        Assert.Contains(scales, scale => scale is < 0.97f or > 1.03f);
    }

    [Fact]
    public void Biases_are_divided_by_the_scales_that_fold_into_their_layers()
    {
        using Model dense = MultiHead("biased", bias: 0.5f);
        CompressionOutcome outcome = Compress(dense);
        Assert.All(outcome.Layers, layer => Assert.Null(layer.Fallback));
        using Model candidate = Model.Open(Candidate);
        Assert.InRange(HeldOutText.Perplexity(candidate, 40) / HeldOutText.Perplexity(dense, 40), 0.99, 1.01);
        foreach (string producer in (string[])["self_attn.v_proj", "mlp.up_proj"])
        {
            string bias = $"model.layers.1.{producer}.bias";
            float[] before = dense.Checkpoint.ReadSingles(bias), after = candidate.Checkpoint.ReadSingles(bias), scales = RowScales(dense, candidate, $"model.layers.1.{producer}.weight");
            for (int i = 0; i < before.Length; i++)
                Assert.Equal(before[i] / after[i], scales[i], Math.Abs(scales[i]) * 0.02f);
        }

        foreach (string other in (string[])["self_attn.q_proj", "self_attn.k_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.down_proj"])
            Assert.Equal(dense.Checkpoint.ReadSingles($"model.layers.1.{other}.bias"), candidate.Checkpoint.ReadSingles($"model.layers.1.{other}.bias"));
    }

    private string Candidate => Path.Combine(_root, "candidate");

    private CompressionOutcome Compress(Model dense) => Compressor.Compress(
        dense, Compressor.Plan(dense, Awq, null), Candidate, new ComputeThreads(2), cancellationToken: TestContext.Current.CancellationToken);

    // What every row was divided by. Its columns were multiplied with what the norm before them was divided by.
    private static float[] RowScales(Model dense, Model candidate, string weight)
    {
        int rows = (int)dense.Checkpoint.Require(weight).Shape[0], columns = (int)dense.Checkpoint.Require(weight).Shape[1];
        float[] before = dense.Checkpoint.ReadSingles(weight), after = candidate.Checkpoint.ReadSingles(weight);
        float[] norm = Quotients(dense, candidate, "model.layers.1." + (weight.Contains("self_attn", StringComparison.Ordinal) ? "input_layernorm" : "post_attention_layernorm") + ".weight");
        float[] scales = new float[rows];
        for (int row = 0; row < rows; row++)
        {
            double product = 0, square = 0;
            for (int column = 0; column < columns; column++)
            {
                double expected = (double)before[(row * columns) + column] * norm[column];
                product += expected * after[(row * columns) + column];
                square += (double)after[(row * columns) + column] * after[(row * columns) + column];
            }

            scales[row] = (float)(product / square);
        }

        return scales;
    }

    private static float[] Quotients(Model dense, Model candidate, string tensor) =>
        [.. dense.Checkpoint.ReadSingles(tensor).Zip(candidate.Checkpoint.ReadSingles(tensor), (before, after) => before / after)];

    private Model MultiHead(string name, float bias)
    {
        string folder = Path.Combine(_root, name);
        Directory.CreateDirectory(folder);
        foreach (string file in (string[])["tokenizer.json", "tokenizer_config.json"])
            File.Copy(Path.Combine(SampleModel.Folder, file), Path.Combine(folder, file));
        string configuration = File.ReadAllText(Path.Combine(SampleModel.Folder, "config.json")).Replace("\"num_key_value_heads\": 2", "\"num_key_value_heads\": 4", StringComparison.Ordinal);
        if (bias > 0)
        {
            configuration = configuration.Replace("\"attention_bias\": false", "\"attention_bias\": true", StringComparison.Ordinal)
                .Replace("\"mlp_bias\": false", "\"mlp_bias\": true", StringComparison.Ordinal);
        }

        File.WriteAllText(Path.Combine(folder, "config.json"), configuration);
        using Model sample = Model.Open(SampleModel.Folder);
        List<TensorToWrite> tensors = [];
        Random random = new(11);
        foreach (TensorInfo tensor in sample.Checkpoint.Tensors)
        {
            float[] values = sample.Checkpoint.ReadSingles(tensor.Name);
            int columns = (int)tensor.Shape[^1], rows = values.Length / columns;
            if (tensor.Name.EndsWith("k_proj.weight", StringComparison.Ordinal) || tensor.Name.EndsWith("v_proj.weight", StringComparison.Ordinal))
            {
                values = [.. values.Chunk(HeadSize * columns).SelectMany(head => head.Concat(head))];
                rows *= 2;
            }

            tensors.Add(Tensor(tensor.Name, values, tensor.Shape.Length == 1 ? [columns] : [rows, columns]));
            if (bias > 0 && tensor.Name.EndsWith("_proj.weight", StringComparison.Ordinal))
            {
                float[] drawn = new float[rows];
                for (int i = 0; i < rows; i++)
                    drawn[i] = bias * ((random.NextSingle() / 2) + 0.25f) * (random.Next(2) == 0 ? 1 : -1);
                tensors.Add(Tensor(tensor.Name.Replace(".weight", ".bias", StringComparison.Ordinal), drawn, [rows]));
            }
        }

        CheckpointWriter.WriteTensors(folder, tensors);
        return Model.Open(folder);
    }

    private static TensorToWrite Tensor(string name, float[] values, long[] shape)
    {
        ushort[] bits = new ushort[values.Length];
        BFloat16Conversion.Narrow(values, bits);
        return new TensorToWrite(name, NumberFormat.BFloat16, [.. shape], stream => stream.Write(MemoryMarshal.AsBytes<ushort>(bits)));
    }
}
