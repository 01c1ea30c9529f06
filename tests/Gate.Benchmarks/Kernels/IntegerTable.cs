using System.Runtime.InteropServices;
using Gate.Benchmarks.Machine;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.LinearAlgebra.Int8;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.Threading;

namespace Gate.Benchmarks.Kernels;

/// <summary>8-bit integer products against binary32 products of the same shape: thousand millions of multiplications and additions a second.</summary>
internal static class IntegerTable
{
    private static readonly (int Tokens, int Outputs, int Inputs)[] Shapes =
        [(1, 2048, 2048), (8, 2048, 2048), (64, 2048, 2048), (512, 2048, 2048), (512, 5632, 2048), (512, 2048, 5632), (512, 384, 128)];

    /// <summary>Prints the table.</summary>
    public static int Run(string[] arguments)
    {
        int threads = arguments.Length > 0 ? int.Parse(arguments[0], System.Globalization.CultureInfo.InvariantCulture) : Environment.ProcessorCount;
        KernelReport.Line($"  {threads} threads\n  tokens outputs inputs   f32 GOP/s  int8 GOP/s   ratio");
        foreach ((int tokens, int outputs, int inputs) in Shapes)
        {
            (double single, double integer) = Time(tokens, outputs, inputs, new ComputeThreads(threads));
            double operations = 2.0 * tokens * outputs * inputs / 1e9;
            KernelReport.Line($"  {tokens,6} {outputs,7} {inputs,6} {operations / single,11:F1} {operations / integer,11:F1} {single / integer,7:F2}");
        }

        return 0;
    }

    private static (double Single, double Integer) Time(int tokens, int outputs, int inputs, ComputeThreads threads)
    {
        var random = new Random(1);
        float[] x = new float[tokens * inputs], y = new float[tokens * outputs], w = new float[outputs * inputs];
        foreach (float[] values in (float[][])[x, w])
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = random.NextSingle() - 0.5f;
        }

        using var single = PackedMatrix.Pack(MemoryMarshal.AsBytes(w.AsSpan()).ToArray(), NumberFormat.Float32, outputs, inputs);
        using Int8Matrix integer = new(outputs, inputs, inputs);
        sbyte[] codes = new sbyte[inputs];
        for (int row = 0; row < outputs; row++)
        {
            for (int column = 0; column < inputs; column++)
                codes[column] = (sbyte)(w[(row * inputs) + column] * 254);
            integer.SetRow(row, codes, [1f / 254]);
        }

        return (
            Stopwatches.Fastest(() => MatrixProduct.Multiply(x, tokens, single, [], y, threads)),
            Stopwatches.Fastest(() => Int8Product.Multiply(x, tokens, integer, [], y, outputs, 0, threads)));
    }
}
