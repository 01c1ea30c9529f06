using Gate.Diagnostics;
using Gate.Models.Blueprints;
using Gate.Models.Calibration;
using Gate.Models.Checkpoints;
using Gate.Models.Engines;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Models.Structure;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Models.Tests.Inference.Calibration;

public sealed class ActivationStreamTests : IDisposable
{
    private static readonly ActivationOptions Options = new(new ComputeThreads(2));
    private static readonly int[][] Windows =
        [.. Enumerable.Range(0, 7).Select(i => Enumerable.Range(0, 20 + (i * 5)).Select(j => ((i * 131) + (j * 37)) % 4000).ToArray())];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private readonly Model _checkpoint = Model.Open(Repository.PathOf("samples", "models", "facts-llama"));

    public void Dispose() => _checkpoint.Dispose();

    [Theory]
    [InlineData("facts-llama")]
    [InlineData("fixtures")]
    public void The_last_logits_are_those_of_the_ordinary_forward_pass(string models)
    {
        string[] folders = models == "facts-llama"
            ? [_checkpoint.Checkpoint.Folder]
            : Directory.GetDirectories(Repository.Fixture("architectures"), "*", SearchOption.TopDirectoryOnly);
        Assert.NotEmpty(folders);
        foreach (string folder in folders.Where(folder => File.Exists(Path.Combine(folder, "config.json"))))
        {
            using Model checkpoint = Model.Open(folder);
            int vocabulary = checkpoint.Checkpoint.Configuration.GetInt32("vocab_size", 0);
            int[][] windows = [.. Windows.Take(3).Select(window => window.Take(16).Select(id => id % vocabulary).ToArray())];
            using ActivationStream stream = ActivationStream.Open(checkpoint, windows, Options, Cancel);
            while (stream.Block < stream.BlockCount)
                stream.Advance(cancellationToken: Cancel);
            using ILanguageModel loaded = LanguageModels.Load(checkpoint, InferenceOptions.Default);
            List<float>[] streamed = [.. windows.Select(_ => new List<float>())], whole = [.. windows.Select(_ => new List<float>())];
            stream.VisitLogits((window, _, logits) => streamed[window].AddRange(logits), Cancel);
            for (int i = 0; i < windows.Length; i++)
            {
                int half = (windows[i].Length + 1) / 2;
                LogitsRequest request = checkpoint.DecoderStartId is { } start
                    ? new((int[])[start, .. windows[i][half..]]) { EncoderIds = windows[i].AsMemory(0, half) }
                    : new(windows[i]);
                loaded.VisitLogits(request, (_, logits) => whole[i].AddRange(logits), Cancel);
                Assert.Equal(whole[i], streamed[i]);
            }
        }
    }

    [Theory]
    [InlineData(1 << 30, 1024)]
    [InlineData(0, 30)]
    public void Streams_that_part_after_a_block_go_on_alone_and_end_in_the_logits_of_the_ordinary_forward_pass(long memoryBytes, int batchTokens)
    {
        ActivationOptions options = Options with { MemoryBytes = memoryBytes, BatchTokens = batchTokens };
        using ActivationStream stream = ActivationStream.Open(_checkpoint, Windows, options, Cancel);
        stream.Advance(cancellationToken: Cancel);
        using ActivationStream same = stream.Fork(), changed = stream.Fork();
        LinearLayer layer = _checkpoint.LinearLayers.First(layer => layer.Block == 1);
        ReplacedWeights nothing = new(NumberFormat.BFloat16, new byte[layer.WeightCount * 2]);
        same.Advance(cancellationToken: Cancel);
        changed.Advance(new Dictionary<string, ReplacedWeights> { [layer.WeightTensor] = nothing }, Cancel);
        while (same.Block < same.BlockCount)
            ActivationStream.Advance([same, changed], Cancel);
        Assert.Equal(1, stream.Block);

        using ILanguageModel model = LanguageModels.Load(_checkpoint, InferenceOptions.Default);
        List<float[]> expected = [];
        foreach (int[] window in Windows)
            model.VisitLogits(new LogitsRequest(window), (_, logits) => expected.Add(logits.ToArray()), Cancel);
        List<float[]> found = [], other = [];
        List<(int, int)> places = [];
        same.VisitLogits(
            (window, position, logits) =>
            {
                places.Add((window, position));
                found.Add(logits.ToArray());
            },
            Cancel);
        changed.VisitLogits((_, _, logits) => other.Add(logits.ToArray()), Cancel);
        Assert.Equal(Windows.SelectMany((window, i) => window.Select((_, position) => (i, position))), places);
        Assert.Equal(expected, found);
        Assert.NotEqual(expected, other);
    }

    [Fact]
    public void A_block_run_in_its_two_parts_shows_the_inputs_and_leaves_the_residual_of_the_whole()
    {
        using ActivationStream stream = ActivationStream.Open(_checkpoint, Windows, Options, Cancel);
        stream.Advance(cancellationToken: Cancel);
        List<(string, int, float[])> whole = [], parts = [];
        stream.Observe((group, window, rows) => whole.Add((group, window, rows.ToArray())), cancellationToken: Cancel);
        stream.ObserveStep((group, window, rows) => parts.Add((group, window, rows.ToArray())), cancellationToken: Cancel);
        using ActivationStream behind = stream.ForkAt("model.layers.1.mlp.input", Cancel);
        behind.Observe((group, window, rows) => parts.Add((group, window, rows.ToArray())), cancellationToken: Cancel);
        Assert.Equal(whole.OrderBy(seen => (seen.Item1, seen.Item2)), parts.OrderBy(seen => (seen.Item1, seen.Item2)), (a, b) =>
            a.Item1 == b.Item1 && a.Item2 == b.Item2 && a.Item3.AsSpan().SequenceEqual(b.Item3));

        Assert.True(behind.IsAt("model.layers.1.mlp.output"));
        behind.Advance(cancellationToken: Cancel);
        stream.Advance(cancellationToken: Cancel);
        Assert.Equal(stream.Block, behind.Block);
        Assert.Equal(stream.ReadResidual(3), behind.ReadResidual(3));
    }

    [Fact]
    public void Logits_are_refused_before_the_last_block_and_streams_of_different_blocks_do_not_go_on_together()
    {
        using ActivationStream stream = ActivationStream.Open(_checkpoint, Windows, Options, Cancel);
        Assert.Throws<InvalidOperationException>(() => stream.VisitLogits((_, _, _) => { }, Cancel));
        using ActivationStream ahead = stream.Fork();
        ahead.Advance(cancellationToken: Cancel);
        Assert.Throws<ArgumentException>(() => ActivationStream.Advance([stream, ahead], Cancel));
    }

    [Fact]
    public void Neither_threads_nor_batches_nor_the_file_change_a_bit()
    {
        (float[][] expected, Dictionary<string, float[]> inputs) = Run(Options);
        foreach (ActivationOptions options in new[]
        {
            Options with { Threads = new ComputeThreads(1) }, Options with { BatchTokens = 1 }, Options with { BatchTokens = 60 }, Options with { MemoryBytes = 0 },
        })
        {
            (float[][] states, Dictionary<string, float[]> seen) = Run(options);
            Assert.Equal(expected, states);
            Assert.Equal(inputs.Keys.Order(), seen.Keys.Order());
            foreach ((string group, float[] rows) in inputs)
                Assert.Equal(rows, seen[group]);
        }
    }

    [Fact]
    public void Every_input_group_of_a_block_is_shown_once_for_each_window()
    {
        using ActivationStream stream = ActivationStream.Open(_checkpoint, Windows, Options, Cancel);
        ILookup<string, LinearLayer> groups = _checkpoint.LinearLayers.Where(layer => layer.Block == 0).ToLookup(layer => layer.InputGroup);
        List<(string Group, int Window)> seen = [];
        stream.Observe((group, window, rows) =>
        {
            seen.Add((group, window));
            Assert.Equal(Windows[window].Length * groups[group].First().Inputs, rows.Length);
        }, cancellationToken: Cancel);
        Assert.Equal(groups.Count * Windows.Length, seen.Count);
        foreach (IGrouping<string, (string Group, int Window)> group in seen.GroupBy(pair => pair.Group))
            Assert.Equal(Enumerable.Range(0, Windows.Length), group.Select(pair => pair.Window));
        Assert.Equal(0, stream.Block);
    }

    [Fact]
    public void A_replaced_matrix_is_the_one_that_runs()
    {
        LinearLayer down = _checkpoint.LinearLayers.First(layer => layer is { Block: 0, Role: LinearRole.FeedForwardDown });
        LinearLayer output = _checkpoint.LinearLayers.First(layer => layer is { Block: 0, Role: LinearRole.AttentionOutput });
        using ActivationStream stream = ActivationStream.Open(_checkpoint, Windows, Options, Cancel);
        float[] embedded = stream.ReadResidual(2);
        stream.Advance(new[] { down, output }.ToDictionary(
            layer => layer.WeightTensor, layer => new ReplacedWeights(NumberFormat.BFloat16, new byte[layer.WeightCount * 2])), Cancel);

        // A block whose outputs are multiplied by zero adds nothing.
        Assert.Equal(embedded, stream.ReadResidual(2));

        using ActivationStream same = ActivationStream.Open(_checkpoint, Windows, Options, Cancel);
        using ActivationStream stored = ActivationStream.Open(_checkpoint, Windows, Options, Cancel);
        TensorInfo tensor = _checkpoint.Checkpoint.Require(down.WeightTensor);
        same.Advance(new Dictionary<string, ReplacedWeights>
        {
            [down.WeightTensor] = new(tensor.Format, _checkpoint.Checkpoint.ReadBytes(tensor, 0, down.Outputs).ToArray()),
        }, Cancel);
        stored.Advance(cancellationToken: Cancel);
        Assert.Equal(stored.ReadResidual(2), same.ReadResidual(2));
        Assert.NotEqual(embedded, same.ReadResidual(2));
    }

    [Fact]
    [Trait("Complaint", "18")]
    public void A_buffer_beyond_its_limit_lies_in_a_file_and_reads_back_the_same()
    {
        using ResidualBuffer buffer = new(1000, memoryBytes: 3999);
        using ResidualBuffer memory = new(1000, memoryBytes: 4000);
        Assert.True(buffer.IsSpilled);
        Assert.False(memory.IsSpilled);
        float[] values = [.. Enumerable.Range(0, 600).Select(i => i * 0.5f)];
        float[] read = new float[600], readFromMemory = new float[600];
        foreach (ResidualBuffer written in new[] { buffer, memory })
            written.Write(400, values);
        buffer.Read(400, read);
        memory.Read(400, readFromMemory);
        Assert.Equal(values, read);
        Assert.Equal(values, readFromMemory);
    }

    [Fact]
    public void A_window_beyond_the_context_is_refused_with_exit_4()
    {
        GateException exception = Assert.Throws<GateException>(() =>
            ActivationStream.Open(_checkpoint, [new int[_checkpoint.MaximumLength + 1]], Options, Cancel));
        Assert.Equal("GATE3087", exception.Diagnostic.Code);
    }

    private (float[][] States, Dictionary<string, float[]> Inputs) Run(ActivationOptions options)
    {
        Dictionary<string, List<float>> inputs = [];
        using ActivationStream stream = ActivationStream.Open(_checkpoint, Windows, options, Cancel);
        Assert.Equal(options.MemoryBytes == 0, stream.IsSpilled);
        while (stream.Block < stream.BlockCount)
        {
            stream.Observe((group, _, rows) =>
            {
                if (!inputs.TryGetValue(group, out List<float>? seen))
                    inputs.Add(group, seen = []);
                seen.AddRange(rows);
            }, cancellationToken: Cancel);
            stream.Advance(cancellationToken: Cancel);
        }

        return ([.. Enumerable.Range(0, Windows.Length).Select(stream.ReadResidual)], inputs.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray()));
    }
}
