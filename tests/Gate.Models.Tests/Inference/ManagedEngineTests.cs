using Gate.Models.Blueprints;
using Gate.Models.Checkpoints;
using Gate.Models.Engines;
using Gate.Models.Engines.Managed;
using Gate.Models.Families;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Models.Tests.Inference;

/// <summary>The engine's operations against their formulas in binary64.</summary>
public sealed class ManagedEngineTests
{
    private const int Rows = 37, Columns = 96;

    private static readonly float[] Input = [.. Enumerable.Range(0, Rows * Columns).Select(i => (float)Math.Sin(i * 0.37) * 3)];
    private static readonly float[] Weight = [.. Enumerable.Range(0, Columns).Select(i => 1 + (0.01f * i))];
    private static readonly float[] Bias = [.. Enumerable.Range(0, Columns).Select(i => 0.1f * (i % 7))];

    [Fact]
    public void Layer_normalisation_centres_and_scales_every_row()
    {
        using ManagedEngine engine = new(new ComputeThreads(2));
        NormWeights settings = new(
            new Norm(NormKind.Layer, new Vector("weight", Columns), new Vector("bias", Columns), 1e-5f), engine.Upload(1, Columns, Weight), engine.Upload(1, Columns, Bias));
        ManagedMatrix output = (ManagedMatrix)engine.Allocate(Columns);
        engine.Normalize(engine.Upload(Rows, Columns, Input), settings, output);
        for (int row = 0; row < Rows; row++)
        {
            double[] x = [.. Input.Skip(row * Columns).Take(Columns).Select(value => (double)value)];
            double mean = x.Average(), deviation = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + 1e-5);
            for (int i = 0; i < Columns; i++)
                Assert.Equal(((x[i] - mean) / deviation * Weight[i]) + Bias[i], output.Row(row)[i], 1e-5);
        }
    }

    [Fact]
    public void Head_normalisation_touches_its_heads_only()
    {
        using ManagedEngine engine = new(new ComputeThreads(2));
        NormWeights settings = new(new Norm(NormKind.RootMeanSquare, new Vector("weight", 16), null, 1e-6f), engine.Upload(1, 16, Weight.AsSpan(0, 16)), null);
        ManagedMatrix matrix = (ManagedMatrix)engine.Upload(Rows, Columns, Input);
        engine.NormalizeHeads(matrix, 32, 3, settings);
        for (int row = 0; row < Rows; row++)
        {
            double[] x = [.. Input.Skip(row * Columns).Take(Columns).Select(value => (double)value)];
            for (int i = 0; i < Columns; i++)
            {
                int head = (i - 32) / 16, start = 32 + (head * 16);
                double expected = i is < 32 or >= 80
                    ? x[i]
                    : x[i] / Math.Sqrt(x.Skip(start).Take(16).Average(value => value * value) + 1e-6) * Weight[i - start];
                Assert.Equal(expected, matrix.Row(row)[i], 1e-5);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Gated_activations_are_plain_ones_times_the_other_half(int kind)
    {
        Activation activation = (Activation)kind;
        using ManagedEngine engine = new(new ComputeThreads(2));
        ManagedMatrix plain = (ManagedMatrix)engine.Upload(Rows, Columns, Input), gated = (ManagedMatrix)engine.Allocate(Columns / 2);
        engine.ActivateGated(plain, activation, gated);
        engine.Activate(plain, activation);
        for (int row = 0; row < Rows; row++)
        {
            for (int i = 0; i < Columns / 2; i++)
            {
                double gate = Input[(row * Columns) + i];
                double expected = activation switch
                {
                    Activation.Silu => gate / (1 + Math.Exp(-gate)),
                    Activation.GeluTanh => 0.5 * gate * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (gate + (0.044715 * gate * gate * gate)))),
                    Activation.Relu => Math.Max(gate, 0),
                    _ => plain.Row(row)[i],
                };
                Assert.Equal(expected, plain.Row(row)[i], 1e-5);
                Assert.Equal(plain.Row(row)[i] * Input[(row * Columns) + (Columns / 2) + i], gated.Row(row)[i], 1e-5);
            }
        }
    }

    [Fact]
    public void Sixteen_bit_weights_stay_sixteen_bits_wide()
    {
        using Checkpoint checkpoint = Checkpoint.Open(Repository.PathOf("samples", "models", "facts-llama"));
        using ManagedEngine engine = new(new ComputeThreads(1));
        ModelWeights weights = new(checkpoint);
        ManagedLinearWeights stacked = (ManagedLinearWeights)engine.UploadLinear(
            [.. new[] { "gate", "up" }.Select(name => weights.Linear(Parts.Layer($"model.layers.0.mlp.{name}_proj", 384, 128, LinearRole.FeedForwardUp)))]);
        Assert.Equal(NumberFormat.BFloat16, ((DensePart)stacked.Parts[0]).Matrix.Format);
        Assert.Equal((768, 128), (stacked.Outputs, stacked.Inputs));
        float[] row = new float[128], stored = new float[128];
        ((DensePart)stacked.Parts[0]).Matrix.CopyRow(384 + 5, row);
        checkpoint.ReadSingles(checkpoint.Require("model.layers.0.mlp.up_proj.weight"), 5, 1, stored);
        Assert.Equal(stored, row);
    }

    [Fact]
    public void Addition_scales_the_addend()
    {
        using ManagedEngine engine = new(new ComputeThreads(1));
        ManagedMatrix matrix = (ManagedMatrix)engine.Upload(1, Columns, Weight);
        engine.Add(matrix, engine.Upload(1, Columns, Bias), 0.5f);
        for (int i = 0; i < Columns; i++)
            Assert.Equal(Weight[i] + (Bias[i] * 0.5f), matrix.Row(0)[i]);
    }
}
