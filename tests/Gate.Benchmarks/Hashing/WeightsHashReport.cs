using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Gate.Benchmarks.Kernels;
using Gate.Models.Checkpoints;

namespace Gate.Benchmarks.Hashing;

/// <summary>How fast the identity of a checkpoint's weights is computed from files in the page cache.</summary>
internal static class WeightsHashReport
{
    private const long Bytes = 1L << 30;

    /// <summary>Hashes 1 GiB in 1, 8 and 64 tensors, best of five, and prints GB/s by the clock and by the time of one core, which other work on the machine hardly touches.</summary>
    public static int Run(string[] args)
    {
        foreach (int tensors in new[] { 1, 8, 64 })
        {
            string folder = Directory.CreateTempSubdirectory("gate-hash-").FullName;
            try
            {
                Write(folder, tensors);
                using Checkpoint checkpoint = Checkpoint.Open(folder);
                double best = double.PositiveInfinity;
                double core = double.PositiveInfinity;
                for (int i = 0; i < 5; i++)
                {
                    long start = Stopwatch.GetTimestamp();
                    TimeSpan before = Environment.CpuUsage.TotalTime;
                    checkpoint.ComputeWeightsHash();
                    best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
                    core = Math.Min(core, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
                }

                KernelReport.Line(
                    $"weights hash, {tensors} tensor(s) of {Bytes / tensors >> 20} MiB, {Environment.ProcessorCount} cores: {Bytes / best / 1e9:F2} GB/s, {Bytes / core / 1e9:F2} GB/s of one core's time");
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        return 0;
    }

    private static void Write(string folder, int tensors)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), """{ "model_type": "llama", "architectures": ["LlamaForCausalLM"] }""");
        long each = Bytes / tensors;
        string header = "{" + string.Join(",", Enumerable.Range(0, tensors).Select(i => FormattableString.Invariant(
            $"\"t{i:D3}\":{{\"dtype\":\"BF16\",\"shape\":[{each / 2048},1024],\"data_offsets\":[{i * each},{(i + 1) * each}]}}"))) + "}";
        byte[] text = Encoding.UTF8.GetBytes(header.PadRight((header.Length + 7) / 8 * 8));
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        using var stream = new FileStream(Path.Combine(folder, "model.safetensors"), FileMode.Create);
        stream.Write(length);
        stream.Write(text);
        byte[] block = new byte[16 << 20];
        new Random(3).NextBytes(block);
        for (long written = 0; written < Bytes; written += block.Length)
            stream.Write(block);
    }
}
