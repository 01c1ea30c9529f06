using BenchmarkDotNet.Running;
using Gate.Benchmarks.Compression;
using Gate.Benchmarks.Hashing;
using Gate.Benchmarks.Inference;
using Gate.Benchmarks.Kernels;

// Each sub-command is one line here; without one, BenchmarkDotNet takes the arguments (--filter '*', --list flat, ...).
var commands = new Dictionary<string, Func<string[], int>>(StringComparer.Ordinal)
{
    ["--quick"] = KernelReport.Run,
    ["--tokens"] = TokenTable.Run,
    ["--int8"] = IntegerTable.Run,
    ["--hash"] = WeightsHashReport.Run,
    ["--compression"] = CompressionTable.Run,
    ["--rounding"] = RoundingTable.Run,
    ["--made-model"] = MadeModel.Run,
};

if (args.Length > 0 && commands.TryGetValue(args[0], out Func<string[], int>? command))
    return command(args[1..]);
BenchmarkSwitcher.FromAssembly(typeof(KernelReport).Assembly).Run(args);
return 0;
