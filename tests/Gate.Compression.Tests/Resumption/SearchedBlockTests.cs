using Gate.Compression.Recipes;
using Gate.Compression.Tests.Export;
using Gate.Models;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Resumption;

public sealed class SearchedBlockTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("gate-resumption-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("q6_k", 6, CandidateLayout.Gguf)]
    [InlineData("q4_k", 4, CandidateLayout.Dense)]
    public void Blocks_whose_scales_are_searched_are_kept_although_nothing_is_calibrated(string method, int bits, CandidateLayout layout)
    {
        RandomLlama.Write(PathOf("model"), seed: 5, width: 256);
        using Model dense = Model.Open(PathOf("model"));
        CompressionPlan plan = Compressor.Plan(dense, new Recipe(null, new QuantizationRecipe { Method = method, Bits = bits }), null, layout);
        CompressionOptions options = new(new ComputeThreads(2)) { ResumptionKey = "key" };
        Compressor.Compress(dense, plan, PathOf("whole"), options, TestContext.Current.CancellationToken);
        Assert.False(Directory.Exists(PathOf(".whole.resume")));

        using CancellationTokenSource source = new();
        int made = 0, kept = 0, remade = 0;
        Finished cancel = new(() =>
        {
            if (++made == 3)
                source.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => Compressor.Compress(dense, plan, PathOf("candidate"), options with { Progress = cancel }, source.Token));
        Compressor.Compress(
            dense, plan, PathOf("candidate"), options with { Resumed = found => kept = found, Progress = new Finished(() => remade++) }, TestContext.Current.CancellationToken);
        Assert.Equal((3, plan.Layers.Length), (kept, remade));
        foreach (string file in Directory.EnumerateFiles(PathOf("whole")))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(PathOf("candidate", Path.GetFileName(file))));
        Assert.False(Directory.Exists(PathOf(".candidate.resume")));
    }

    private string PathOf(params string[] parts) => Path.Combine([_root, .. parts]);

    private sealed class Finished(Action finished) : IProgress<string>
    {
        public void Report(string value) => finished();
    }
}
