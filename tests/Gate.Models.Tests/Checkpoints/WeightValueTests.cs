using System.Runtime.InteropServices;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Tests.Checkpoints;

public sealed class WeightValueTests
{
    [Fact]
    public void Every_sixteen_bit_pattern_widens_exactly()
    {
        ushort[] bits = [.. Enumerable.Range(0, 65536).Select(value => (ushort)value), 0x3C01, 0x8001, 0x7C00];
        using TemporaryFolder folder = Write(
            new("h", NumberFormat.Float16, [bits.Length], stream => stream.Write(MemoryMarshal.AsBytes(bits.AsSpan()))),
            new("b", NumberFormat.BFloat16, [bits.Length], stream => stream.Write(MemoryMarshal.AsBytes(bits.AsSpan()))));
        using Checkpoint checkpoint = Checkpoint.Open(folder.Path);
        float[] halves = checkpoint.ReadSingles("h");
        float[] brains = checkpoint.ReadSingles("b");
        for (int i = 0; i < bits.Length; i++)
        {
            float expected = (float)BitConverter.UInt16BitsToHalf(bits[i]);
            Assert.True(float.IsNaN(expected) ? float.IsNaN(halves[i]) : BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(halves[i]));
            Assert.Equal((uint)bits[i] << 16, BitConverter.SingleToUInt32Bits(brains[i]));
        }
    }

    [Theory]
    [InlineData(NumberFormat.Float32, 0)]
    [InlineData(NumberFormat.Float32, 36)]
    [InlineData(NumberFormat.Float16, 17)]
    [InlineData(NumberFormat.BFloat16, 34)]
    [InlineData(NumberFormat.Float64, 5)]
    public void A_weight_that_is_not_finite_is_refused_with_tensor_and_index(NumberFormat format, int position)
    {
        foreach (double wrong in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            double[] values = [.. Enumerable.Range(0, 37).Select(i => i - 18.0)];
            values[position] = wrong;
            using TemporaryFolder folder = Write(
                Tensor("good", NumberFormat.Float32, [2], [1, 2]), Tensor("wrong", format, [37, 1], values), Tensor("z", NumberFormat.Float32, [1], [double.NaN]));
            using Checkpoint checkpoint = Checkpoint.Open(folder.Path);
            GateException refused = Assert.Throws<GateException>(() => FiniteCheck.Require(checkpoint, TestContext.Current.CancellationToken));
            Assert.Equal(("GATE3023", ExitCode.InputUnavailable), (refused.Diagnostic.Code, refused.ExitCode));
            Assert.Contains($"'wrong': expected finite weights, found {wrong} at [{position}, 0]", refused.Message);
        }
    }

    [Fact]
    public void Finite_weights_pass_the_check()
    {
        using TemporaryFolder folder = Write(Tensor("f", NumberFormat.Float32, [3], [float.MaxValue, -float.MaxValue, float.Epsilon]), Tensor("h", NumberFormat.Float16, [1], [65504]));
        using Checkpoint checkpoint = Checkpoint.Open(folder.Path);
        Assert.Null(FiniteCheck.FindFirst(checkpoint, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(NumberFormat.Float32)]
    [InlineData(NumberFormat.Float16)]
    [InlineData(NumberFormat.BFloat16)]
    public void Statistics_count_what_a_loop_over_the_values_counts(NumberFormat format)
    {
        var random = new Random(7);
        double[] values = [.. Enumerable.Range(0, 40_001).Select(_ => random.Next(10) switch
        {
            0 => 0.0,
            1 => -0.0,
            2 => double.NaN,
            3 => double.PositiveInfinity,
            4 => double.NegativeInfinity,
            _ => Math.Round((random.NextDouble() * 64) - 32),
        })];
        using TemporaryFolder folder = Write(Tensor("w", format, [values.Length], values));
        using Checkpoint checkpoint = Checkpoint.Open(folder.Path);
        var statistics = CheckpointStatistics.Compute(checkpoint, TestContext.Current.CancellationToken);
        TensorStatistics found = Assert.Single(statistics.Tensors);
        Assert.Equal(values.LongCount(value => value == 0), found.Zeros);
        Assert.Equal(values.LongCount(double.IsNaN), found.NaNs);
        Assert.Equal(values.LongCount(double.IsInfinity), found.Infinities);
        Assert.Equal((float)values.Where(double.IsFinite).Min(), found.Minimum);
        Assert.Equal((float)values.Where(double.IsFinite).Max(), found.Maximum);
        Assert.Equal(values.Length, statistics.Parameters);
        Assert.Equal((double)found.Zeros / values.Length, statistics.ZeroShare);
    }

    private static TemporaryFolder Write(params TensorToWrite[] tensors)
    {
        var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("config.json"), """{"model_type":"llama"}""");
        CheckpointWriter.WriteTensors(folder.Path, tensors, cancellationToken: TestContext.Current.CancellationToken);
        return folder;
    }

    private static TensorToWrite Tensor(string name, NumberFormat format, long[] shape, double[] values) => new(name, format, [.. shape], stream =>
    {
        foreach (double value in values)
        {
            stream.Write(format switch
            {
                NumberFormat.Float64 => BitConverter.GetBytes(value),
                NumberFormat.Float16 => BitConverter.GetBytes((Half)value),
                NumberFormat.BFloat16 => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits((float)value) >> 16)),
                _ => BitConverter.GetBytes((float)value),
            });
        }
    });
}
