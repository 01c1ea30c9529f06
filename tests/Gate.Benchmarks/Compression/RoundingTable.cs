using System.Globalization;
using Gate.Benchmarks.Kernels;
using Gate.Benchmarks.Machine;
using Gate.Compression.Calibration;
using Gate.Compression.Pruning;
using Gate.Compression.Quantization;
using Gate.Compression.Recipes;
using Gate.Numerics.PackedWeights.Gguf;
using Gate.Numerics.Threading;

namespace Gate.Benchmarks.Compression;

/// <summary>
/// Methods that touch every weight a fixed number of times, on a layer of 1024 × 4096: millions of weights a second, beside the same arithmetic one weight at a
/// time on one thread where that is a loop of its own. <c>--rounding [threads]</c>.
/// </summary>
internal static class RoundingTable
{
    private const int Rows = 1024, Columns = 4096, Group = 128;

    public static int Run(string[] args)
    {
        ComputeThreads threads = new(args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : Environment.ProcessorCount);
        var random = new Random(5);
        float[] weights = new float[Rows * Columns];
        for (int i = 0; i < weights.Length; i++)
            weights[i] = (random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f) * 0.04f;
        KernelReport.Line($"{threads.Count} thread(s), {Rows} × {Columns} weights");
        KernelReport.Line($"  {"method",-38} M weights/s");

        GridOptions symmetric = new(4, Symmetric: true) { HalfScales = true };
        GridOptions asymmetric = new(4, Symmetric: false) { HalfScales = true };
        double scalar = Print("rtn 4 bit g128, weight by weight", () => WeightByWeight(weights, symmetric));
        foreach ((string name, int? group, GridOptions options) in ((string, int?, GridOptions)[])
            [("rtn 4 bit g32", 32, symmetric), ("rtn 4 bit g128", Group, symmetric), ("rtn 4 bit g128 asymmetric", Group, asymmetric), ("rtn 8 bit per channel", null, new GridOptions(8, true) { HalfScales = true }),
             ("nf4 g64", 64, new GridOptions(4, true) { HalfScales = true, Elements = GridElements.NormalFloat4 }),
             ("fp8 per channel", null, new GridOptions(8, true) { HalfScales = true, Elements = GridElements.Float8E4M3 })])
        {
            double speed = Print(name, () => RoundToNearest.Quantize(weights, Rows, Columns, group, options, threads));
            if (name == "rtn 4 bit g128")
                KernelReport.Line($"    {speed / scalar:F1} times weight by weight");
        }

        QuantizedMatrix matrix = RoundToNearest.Quantize(weights, Rows, Columns, Group, symmetric, threads);
        Print("dequantise 4 bit g128", () => matrix.Dequantize(threads));
        Print("magnitude 50 %, layer", () => MagnitudePruning.SelectLayer(weights, 0.5, threads));
        Print("magnitude 50 %, row", () => MagnitudePruning.SelectRows(weights, Columns, 0.5, threads));
        Print("magnitude 2:4", () => MagnitudePruning.SelectNm(weights, Columns, new NmPattern(2, 4), threads));


        // What SparseGPT chooses from in one block of columns.
        double[] scores = [.. weights.Take(Rows * Group).Select(weight => (double)weight * weight)];
        bool[] marks = new bool[scores.Length];
        double[] scratch = new double[scores.Length];
        double selected = Print("sparsegpt selection, one by one", () => OrderStatistics.MarkSmallest(scores, scores.Length / 2, scratch, marks), Rows, Group);
        KernelReport.Line($"    {Print("sparsegpt selection", () => ParallelSelection.MarkSmallest(scores, scores.Length / 2, marks, threads), Rows, Group) / selected:F1} times one by one");
        Print("q8_0", () => BlockMatrix.Quantize(weights, Rows, Columns, GgufBlockFormat.Q8_0, threads));
        Print("q4_0", () => BlockMatrix.Quantize(weights, Rows, Columns, GgufBlockFormat.Q4_0, threads));
        BlockMatrix blocks = BlockMatrix.Quantize(weights, Rows, Columns, GgufBlockFormat.Q8_0, threads);
        Print("dequantise q8_0", () => blocks.Dequantize(threads));
        BlockMatrix superBlocks = new(GgufBlockFormat.Q6_K, Rows, Columns, new byte[GgufBlocks.BytesOf(GgufBlockFormat.Q6_K, weights.Length)]);
        Print("dequantise q6_k", () => superBlocks.Dequantize(threads));

        // These search: a part of the rows is enough.
        const int Searched = 256;
        float[] some = weights[..(Searched * Columns)];
        Print("q6_k", () => BlockMatrix.Quantize(some, Searched, Columns, GgufBlockFormat.Q6_K, threads), Searched);
        Print("q4_k", () => BlockMatrix.Quantize(some, Searched, Columns, GgufBlockFormat.Q4_K, threads), Searched);
        Print("rtn 4 bit g128, clipping mse", () => RoundToNearest.Quantize(some, Searched, Columns, Group, symmetric with { Clipping = new GridClipping() }, threads), Searched);
        InputStatistics inputs = new(Columns);
        float[] tokens = new float[64 * Columns];
        for (int i = 0; i < tokens.Length; i++)
            tokens[i] = random.NextSingle() - 0.5f;
        inputs.Add(tokens, threads);
        Print("importance 4 bit g128", () => ImportanceRounding.Quantize(some, Searched, Group, symmetric, inputs.MeanSquares(), threads), Searched);
        Print("awq clipping 4 bit g128", () => AwqClipping.Clip(some, Searched, Group, symmetric, inputs, threads), Searched);
        return 0;
    }

    private static double Print(string name, Action work, int rows = Rows, int columns = Columns)
    {
        double speed = (double)rows * columns / Stopwatches.Fastest(work, 0.5) / 1e6;
        KernelReport.Line($"  {name,-38} {speed,11:F1}");
        return speed;
    }

    private static byte[] WeightByWeight(float[] weights, GridOptions options)
    {
        byte[] codes = new byte[weights.Length];
        for (int start = 0; start < weights.Length; start += Group)
        {
            QuantizationGrid grid = QuantizationGrid.Fit(weights.AsSpan(start, Group), options);
            for (int i = start; i < start + Group; i++)
                codes[i] = grid.Encode(weights[i]);
        }

        return codes;
    }
}
