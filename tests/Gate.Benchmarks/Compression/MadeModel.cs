using System.Globalization;
using Gate.Benchmarks.Kernels;
using Gate.Tests;

namespace Gate.Benchmarks.Compression;

/// <summary>Writes a model of random weights, on which a whole run can be timed: <c>--made-model FOLDER WIDTH INNER BLOCKS</c>.</summary>
internal static class MadeModel
{
    public static int Run(string[] args)
    {
        int[] sizes = [.. args.Skip(1).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        long parameters = RandomLlama.Write(args[0], sizes[0], sizes[1], sizes[2]);
        KernelReport.Line($"{args[0]}: {parameters / 1e6:F1} M parameters");
        return 0;
    }
}
