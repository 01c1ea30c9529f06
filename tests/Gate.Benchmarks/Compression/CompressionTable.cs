using Gate.Benchmarks.Kernels;
using Gate.Benchmarks.Machine;
using Gate.Compression.Calibration;
using Gate.Compression.ErrorFeedback;
using Gate.Compression.Pruning;
using Gate.Compression.Quantization;
using Gate.Numerics.Threading;

namespace Gate.Benchmarks.Compression;

/// <summary>
/// GPTQ (4 bit, groups of 128) and SparseGPT (50 %) on single layers with 4,096 calibration tokens: where the time goes. A layer of 4096 × 1024 has
/// 4,096 outputs and 1,024 inputs. <c>--compression [threads]</c>.
/// </summary>
internal static class CompressionTable
{
    private const int Sequences = 8;
    private const int Tokens = 512;

    public static int Run(string[] args)
    {
        ComputeThreads threads = new(args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : Environment.ProcessorCount);
        double peak = FusedMultiplyAddPeak.Measure(threads.Count) / 2;
        KernelReport.Line($"{threads.Count} thread(s), binary64 fused multiply-add peak {peak:F1} GFLOP/s; {Sequences * Tokens} calibration tokens");
        KernelReport.Line($"  method      outputs  inputs   total s  moments  factor  sweep  output error   sweep GFLOP/s  of peak");
        foreach ((int outputs, int inputs) in ((int, int)[])[(1024, 1024), (4096, 1024), (1024, 4096)])
        {
            InputStatistics statistics = new(inputs);
            float[] rows = Filled(Tokens * inputs, 1);
            InputStatistics timed = new(inputs);
            double moments = Sequences * Stopwatches.Fastest(() => timed.Add(rows, threads), 0.3);
            for (int i = 0; i < Sequences; i++)
                statistics.Add(Filled(Tokens * inputs, i), threads);
            HessianFactor? factor = null;
            double factoring = Stopwatches.Fastest(
                () => factor = HessianFactor.TryCreate(statistics.Hessian, inputs, 0.01, activationOrder: false, threads), 0.3);
            float[] weights = Filled(outputs * inputs, 99);
            GptqOptions gptq = new(new GridOptions(4, true)) { GroupSize = 128, BlockSize = 128 };
            SparseGptOptions sparse = new() { Sparsity = 0.5, BlockSize = 128 };
            Print("gptq", outputs, inputs, moments, factoring, peak, () => Gptq.Quantize(weights, outputs, factor!, gptq, null, threads).Matrix.Dequantize(threads), weights, statistics, threads);
            Print("sparsegpt", outputs, inputs, moments, factoring, peak, () => SparseGpt.Prune(weights, outputs, factor!, sparse, threads).Weights, weights, statistics, threads);
        }

        return 0;
    }

    private static void Print(
        string method, int outputs, int inputs, double moments, double factoring, double peak, Func<float[]> sweep, float[] weights, InputStatistics statistics,
        ComputeThreads threads)
    {
        float[] after = [];
        double sweeping = Stopwatches.Fastest(() => after = sweep(), 0.3);
        double error = Stopwatches.Fastest(() => statistics.OutputError(weights, after, outputs, threads), 0.3);
        double total = moments + factoring + sweeping + error;

        // Each of the inputs² / 2 pairs of a column and one to its right is a multiply-add for every output.
        double flops = (double)outputs * inputs * inputs / sweeping / 1e9;
        KernelReport.Line(
            $"  {method,-10} {outputs,8} {inputs,7} {total,9:F3} {moments / total,8:P0} {factoring / total,7:P0} {sweeping / total,6:P0} {error / total,13:P0} {flops,15:F1} {flops / peak,8:P0}");
    }

    private static float[] Filled(int count, int seed)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = random.NextSingle() - 0.5f;
        return values;
    }
}
