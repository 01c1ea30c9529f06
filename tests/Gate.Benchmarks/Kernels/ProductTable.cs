using System.Runtime.InteropServices;
using Gate.Benchmarks.Machine;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.Threading;

namespace Gate.Benchmarks.Kernels;

/// <summary>Products of model-sized shapes: share of the multiply-add peak, and of the memory bandwidth for few tokens.</summary>
internal static class ProductTable
{
    private static readonly (int Tokens, int Outputs, int Inputs)[] Shapes =
    [
        (1, 8192, 2048), (1, 2048, 8192), (2, 8192, 2048), (4, 8192, 2048), (8, 8192, 2048), (64, 2048, 2048),
        (512, 2048, 2048), (512, 5632, 2048), (512, 2048, 5632), (512, 256, 256),
    ];

    public static void Print(int threads, double peak, double bandwidth)
    {
        KernelReport.Line($"  tokens outputs inputs format    GFLOP/s  of peak     GB/s  of read");
        foreach ((int tokens, int outputs, int inputs) in Shapes)
        {
            foreach (NumberFormat format in (NumberFormat[])[NumberFormat.Float32, NumberFormat.BFloat16])
            {
                double seconds = Time(tokens, outputs, inputs, format, threads, out long bytes);
                double flops = 2.0 * tokens * outputs * inputs / seconds / 1e9, read = bytes / seconds / 1e9;
                KernelReport.Line(
                    $"  {tokens,6} {outputs,7} {inputs,6} {format,-8} {flops,8:F1} {flops / peak,8:P0} {read,8:F1} {read / bandwidth,8:P0}");
            }
        }
    }

    private static double Time(int tokens, int outputs, int inputs, NumberFormat format, int threads, out long bytes)
    {
        var random = new Random(1);
        float[] x = new float[tokens * inputs], y = new float[tokens * outputs], w = new float[outputs * inputs];
        foreach (float[] values in (float[][])[x, w])
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = random.NextSingle() - 0.5f;
        }

        byte[] stored;
        if (format == NumberFormat.Float32)
        {
            stored = MemoryMarshal.AsBytes(w.AsSpan()).ToArray();
        }
        else
        {
            ushort[] narrow = new ushort[w.Length];
            BFloat16Conversion.Narrow(w, narrow);
            stored = MemoryMarshal.AsBytes(narrow.AsSpan()).ToArray();
        }

        // Few tokens: as many copies as it takes to leave the caches, as the layers of a model do.
        int copies = tokens > 8 ? 1 : Math.Max(1, (256 << 20) / stored.Length);
        PackedMatrix[] matrices = new PackedMatrix[copies];
        for (int i = 0; i < copies; i++)
            matrices[i] = PackedMatrix.Pack(stored, format, outputs, inputs);
        double seconds = Stopwatches.Fastest(() =>
        {
            foreach (PackedMatrix matrix in matrices)
                MatrixProduct.Multiply(x, tokens, matrix, [], y, new ComputeThreads(threads));
        });
        bytes = matrices[0].Bytes;
        foreach (PackedMatrix matrix in matrices)
            matrix.Dispose();
        return seconds / copies;
    }
}
