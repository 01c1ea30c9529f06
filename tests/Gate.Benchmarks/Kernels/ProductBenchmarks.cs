using BenchmarkDotNet.Attributes;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Threading;

namespace Gate.Benchmarks.Kernels;

/// <summary>The packed product for BenchmarkDotNet: one layer of 2,048 inputs and outputs.</summary>
public class ProductBenchmarks
{
    private const int Inputs = 2048;
    private const int Outputs = 2048;

    private PackedMatrix weights = null!;
    private float[] x = [];
    private float[] y = [];

    [Params(1, 8, 64, 512)]
    public int Tokens { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        weights = PackedMatrix.Pack(Filled(Outputs * Inputs), Outputs, Inputs);
        x = Filled(Tokens * Inputs);
        y = new float[Tokens * Outputs];
    }

    [GlobalCleanup]
    public void Cleanup() => weights.Dispose();

    [Benchmark]
    public void Multiply() => MatrixProduct.Multiply(x, Tokens, weights, [], y, new ComputeThreads(Threads));

    private static float[] Filled(int count)
    {
        var random = new Random(1);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = random.NextSingle() - 0.5f;
        return values;
    }
}
