using Gate.Benchmarks.Kernels;
using Gate.Benchmarks.Machine;
using Gate.Models;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Benchmarks.Inference;

/// <summary>
/// Tokens a second of a model, scored and generated: <c>--tokens [FOLDER]</c>, without one the sample model. Beside them the share of the machine's limit: multiply-adds of
/// the weights for what is computed in batches, bytes of the weights for one sequence that grows token by token.
/// </summary>
internal static class TokenTable
{
    private const int Length = 256;

    public static int Run(string[] args)
    {
        string folder = args.Length > 0 ? args[0] : Repository.PathOf("samples", "models", "facts-llama");
        using var checkpoint = Model.Open(folder);

        // Every weight but the embedding's rows is multiplied with every token; a tied embedding is the output layer.
        long weights = checkpoint.Checkpoint.Tensors.Sum(tensor => tensor.ElementCount), bytes = checkpoint.Checkpoint.Tensors.Sum(tensor => tensor.Length);
        int[] threadCounts = Environment.ProcessorCount > 1 ? [1, Environment.ProcessorCount] : [1];
        foreach (int threads in threadCounts)
        {
            double peak = FusedMultiplyAddPeak.Measure(threads), bandwidth = MemoryBandwidth.Measure(threads);
            KernelReport.Line($"{Path.GetFileName(folder)}, {weights / 1e6:F1} M weights, {threads} thread(s): peak {peak:F1} GFLOP/s, memory read {bandwidth:F1} GB/s");
            using ILanguageModel model = LanguageModels.Load(checkpoint, new InferenceOptions(new ComputeThreads(threads)));
            int length = Math.Min(Length, model.MaximumLength);
            foreach (int sequences in (int[])[1, 32])
            {
                ContinuationRequest[] scored = [.. Enumerable.Range(0, sequences).Select(seed => Ids(seed, length, model.VocabularySize)).Select(ids => new ContinuationRequest(ids.AsMemory(0, 1), ids.AsMemory(1)))];
                double rate = sequences * (length - 1) / Stopwatches.Fastest(() => model.ScoreContinuations(scored), 1);
                KernelReport.Line($"  scored     {sequences,3} × {length} tokens  {rate,9:F0} tokens/s  {2 * weights * rate / 1e9 / peak,5:P0} of peak");
            }

            foreach (int sequences in (int[])[1, 32])
            {
                GenerationRequest[] prompts = [.. Enumerable.Range(0, sequences).Select(seed => new GenerationRequest(Ids(seed, 16, model.VocabularySize), 64, [], []))];
                double rate = sequences * 64 / Stopwatches.Fastest(() => model.Generate(prompts), 1);
                KernelReport.Line($"  generated  {sequences,3} × 64 tokens   {rate,9:F0} tokens/s  {bytes * rate / sequences / 1e9 / bandwidth,5:P0} of memory read");
            }
        }

        KernelReport.Line($"working set {Environment.WorkingSet / (double)(1 << 20):F0} MiB");
        return 0;
    }

    private static int[] Ids(int seed, int count, int vocabulary)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(vocabulary))];
    }
}
