using System.Diagnostics;
using Gate.Models;
using Gate.Models.Engines;
using Gate.Models.Engines.Managed;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Models.Tests.Inference;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Torch.Tests;

/// <summary>
/// Tokens a second of the engines, scored and generated, on models of random weights. Explicit: a table, not a check.
/// <c>tests/Torch/run.sh --filter-class '*SpeedTable' --explicit only --show-live-output on</c>.
/// </summary>
public sealed class SpeedTable
{
    [Fact(Explicit = true)]
    public void Of_25_million() => Measure(384, 1024, 12);

    [Fact(Explicit = true)]
    public void Of_160_million() => Measure(1024, 2816, 12);

    [Fact(Explicit = true)]
    public void Of_half_a_billion() => Measure(1536, 4096, 18);

    private static void Measure(int width, int inner, int blocks)
    {
        string folder = Directory.CreateTempSubdirectory("gate-speed-").FullName;
        try
        {
            long parameters = RandomLlama.Write(Path.Combine(folder, "model"), width, inner, blocks);
            using var files = Model.Open(Path.Combine(folder, "model"));
            Line($"{parameters / 1e6:F0} M parameters, {Environment.ProcessorCount} threads");
            foreach (EngineFactory engine in (EngineFactory[])[ManagedEngineFactory.Instance, TestedEngine.Factory, TestedEngine.In("bfloat16")])
                Measure(files, engine);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure(Model files, EngineFactory engine)
    {
        using ILanguageModel model = LanguageModels.Load(files, new InferenceOptions(new ComputeThreads(Environment.ProcessorCount), engine.BatchTokens) { Engine = engine });
        ContinuationRequest[] scored = [.. Enumerable.Range(0, 8).Select(seed => Ids(seed, 256, model.VocabularySize)).Select(ids => new ContinuationRequest(ids.AsMemory(0, 1), ids.AsMemory(1)))];
        GenerationRequest[] prompts = [.. Enumerable.Range(0, 16).Select(seed => new GenerationRequest(Ids(seed, 16, model.VocabularySize), 32, [], []))];
        string scoring = Rate(8 * 255, () => model.ScoreContinuations(scored)), generating = Rate(16 * 32, () => model.Generate(prompts));
        Line($"{engine.Identity,-30} scored {scoring}, generated {generating}, working set {Environment.WorkingSet >> 20} MiB");
    }

    // By the clock and by processor time, which others on the machine do not change: the fastest of three.
    private static string Rate(int tokens, Action work)
    {
        double elapsed = double.MaxValue, used = double.MaxValue;
        for (int run = 0; run < 3; run++)
        {
            long start = Stopwatch.GetTimestamp();
            TimeSpan before = Environment.CpuUsage.TotalTime;
            work();
            elapsed = Math.Min(elapsed, Stopwatch.GetElapsedTime(start).TotalSeconds);
            used = Math.Min(used, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
        }

        return $"{tokens / elapsed:F0} tokens/s ({tokens / used:F0} a processor second)";
    }

    private static int[] Ids(int seed, int count, int vocabulary)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(vocabulary))];
    }

    private static void Line(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);
}
