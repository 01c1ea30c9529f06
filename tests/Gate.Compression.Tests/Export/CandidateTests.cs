using Gate.Compression.Export;
using Gate.Compression.Recipes;
using Gate.Compression.Tests.Recipes;
using Gate.Diagnostics;
using Gate.Models;
using Gate.Models.Checkpoints;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Export;

public sealed class CandidateTests : IDisposable
{
    private readonly SampleModel _model = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_candidate_is_a_model_folder_with_the_same_tensors_and_a_sidecar()
    {
        CompressionOutcome outcome = _model.Compress(SampleRecipes.Joint(0.25, 4));

        using Model candidate = Model.Open(_model.PathOf("candidate"));
        Assert.Equal(
            _model.Dense.Checkpoint.Tensors.Select(tensor => (tensor.Name, tensor.Format, tensor.ShapeText)),
            candidate.Checkpoint.Tensors.Select(tensor => (tensor.Name, tensor.Format, tensor.ShapeText)));
        Assert.Equal(
            ["config.json", "gate-compression.json", "generation_config.json", "model.safetensors", "special_tokens_map.json", "tokenizer.json",
                "tokenizer_config.json"],
            Directory.EnumerateFileSystemEntries(_model.PathOf("candidate")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal(0.8125, outcome.TheoreticalCompressionRate);
        Assert.Equal(0.25, outcome.Sparsity);
        Assert.Equal(4, outcome.Bits);
        Assert.Equal(28, outcome.Layers.Length);
        Assert.Equal(_model.Dense.Checkpoint.ComputeWeightsHash(Token), outcome.DenseWeightsHash);
        Assert.Equal(candidate.Checkpoint.ComputeWeightsHash(Token), outcome.CandidateWeightsHash);
        Assert.All(outcome.Layers, layer => Assert.InRange(layer.WeightError, 0.001, 0.1));
        Assert.Equal(["candidate"], Directory.EnumerateFileSystemEntries(_model.PathOf()).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public void What_the_recipe_does_not_touch_is_carried_over_byte_for_byte()
    {
        Recipe recipe = new(null, SampleRecipes.Rtn(2) with { Scope = new Scope(ScopeKind.All, ["model.layers.2.mlp.up_proj"], []) });
        _model.Compress(recipe);

        using Model candidate = Model.Open(_model.PathOf("candidate"));
        string[] changed = [.. _model.Dense.Checkpoint.Tensors
            .Where(tensor => WrittenTensor.HashOf(_model.Dense, tensor) != WrittenTensor.HashOf(candidate, candidate.Checkpoint.Require(tensor.Name)))
            .Select(tensor => tensor.Name)];
        Assert.Equal(["model.layers.2.mlp.up_proj.weight"], changed);
    }

    [Fact]
    public void The_mask_survives_quantisation_and_rounding_exactly()
    {
        _model.Compress(new Recipe(SampleRecipes.Magnitude(0.5), null), "pruned");
        _model.Compress(SampleRecipes.Joint(0.5, 3), "joint");

        using Model pruned = Model.Open(_model.PathOf("pruned"));
        using Model joint = Model.Open(_model.PathOf("joint"));
        foreach (TensorInfo tensor in pruned.Checkpoint.Tensors.Where(tensor => tensor.Name.EndsWith("_proj.weight", StringComparison.Ordinal)))
        {
            float[] before = pruned.Checkpoint.ReadSingles(tensor.Name);
            float[] after = joint.Checkpoint.ReadSingles(tensor.Name);
            Assert.Equal(before.Length / 2, before.Count(weight => weight == 0));
            Assert.All(before.Zip(after).Where(pair => pair.First == 0), pair => Assert.Equal(0f, pair.Second));
        }
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.333)]
    public void Global_pruning_prunes_the_exact_number_over_all_layers(double sparsity)
    {
        CompressionOutcome outcome = _model.Compress(new Recipe(SampleRecipes.Magnitude(sparsity, "global"), null));

        long weights = outcome.Layers.Sum(layer => layer.Layer.WeightCount);
        Assert.Equal(Math.Round(sparsity * weights), outcome.Layers.Sum(layer => Math.Round(layer.Sparsity * layer.Layer.WeightCount)));
        Assert.True(outcome.Layers.Select(layer => layer.Sparsity).Distinct().Count() > 10);
    }

    [Fact]
    public void The_same_recipe_gives_the_same_bytes_whatever_the_threads()
    {
        CompressionOutcome one = _model.Compress(SampleRecipes.Joint(0.25, 4), "one", threads: 1);
        CompressionOutcome two = _model.Compress(SampleRecipes.Joint(0.25, 4), "two", threads: 2);

        Assert.Equal(one.CandidateWeightsHash, two.CandidateWeightsHash);
        Assert.Equal(File.ReadAllBytes(_model.PathOf("one", SidecarFile.Name)), File.ReadAllBytes(_model.PathOf("two", SidecarFile.Name)));
    }

    [Fact]
    public void The_sidecar_tells_the_outcome_again()
    {
        CompressionOutcome outcome = _model.Compress(SampleRecipes.Joint(0.25, 4));

        using Model candidate = Model.Open(_model.PathOf("candidate"));
        CompressionOutcome? read = Compressor.ReadSidecar(candidate.Checkpoint);
        Assert.NotNull(read);
        Assert.Equal(outcome.Layers, read.Layers.AsEnumerable());
        Assert.Equal(outcome.Warnings, read.Warnings);
        Assert.Equal(outcome with { Layers = [], Warnings = read.Warnings }, read with { Layers = [] });
        Assert.Null(Compressor.ReadSidecar(_model.Dense.Checkpoint));
    }

    [Theory]
    [InlineData("\"theoreticalCompressionRate\": 0.8125", "\"theoreticalCompressionRate\": 0.9")]
    [InlineData("\"bits\": 4", "\"bits\": 2")]
    [InlineData("\"sparsity\": 0.25", "\"sparsity\": 0.9")]
    public void A_sidecar_that_states_other_bits_zeros_or_rates_than_the_tensors_hold_is_refused(string written, string instead)
    {
        _model.Compress(SampleRecipes.Joint(0.25, 4));
        string path = _model.PathOf("candidate", SidecarFile.Name);
        string sidecar = File.ReadAllText(path);
        Assert.Contains(written, sidecar, StringComparison.Ordinal);
        File.WriteAllText(path, sidecar.Replace(written, instead, StringComparison.Ordinal));
        AssertSidecarRefused("GATE2013");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(8)]
    public void The_bits_of_a_dense_candidate_are_bounded_from_its_values(int bits)
    {
        _model.Compress(SampleRecipes.Joint(0.25, bits));
        using Checkpoint candidate = Checkpoint.Open(_model.PathOf("candidate"));
        CompressedLayer layer = Compressor.ReadSidecar(candidate)!.Layers[0];
        int least = StoredWeights.LeastBits(candidate, candidate.Require(layer.Layer.WeightTensor), layer.GroupSize, even: true);
        Assert.InRange(least, bits == 8 ? 6 : bits - 1, bits);
    }

    [Fact]
    public void An_earlier_candidate_is_replaced()
    {
        _model.Compress(SampleRecipes.Joint(0.25, 4));
        string first = _model.Compress(SampleRecipes.Joint(0.5, 4)).CandidateWeightsHash;

        using Model candidate = Model.Open(_model.PathOf("candidate"));
        Assert.Equal(first, candidate.Checkpoint.ComputeWeightsHash(Token));
        Assert.Equal(["candidate"], Directory.EnumerateFileSystemEntries(_model.PathOf()).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public void A_folder_of_anything_else_is_left_alone()
    {
        Directory.CreateDirectory(_model.PathOf("candidate"));
        File.WriteAllText(_model.PathOf("candidate", "thesis.txt"), "years of work");

        Assert.Equal("GATE4030", Refusal(ExitCode.InvalidUsage).Code);
        Assert.Equal("years of work", File.ReadAllText(_model.PathOf("candidate", "thesis.txt")));
    }

    [Fact]
    public void A_candidate_with_a_file_of_the_user_in_it_is_left_alone()
    {
        _model.Compress(SampleRecipes.Joint(0.25, 4));
        File.WriteAllText(_model.PathOf("candidate", "notes.md"), "mine");

        Diagnostic diagnostic = Refusal(ExitCode.InvalidUsage);
        Assert.Equal("GATE4030", diagnostic.Code);
        Assert.Contains("notes.md", diagnostic.Message);
        Assert.True(File.Exists(_model.PathOf("candidate", "notes.md")));
    }

    [Fact]
    public void The_dense_folder_is_never_the_output()
    {
        CompressionPlan plan = Compressor.Plan(_model.Dense, SampleRecipes.Joint(0.25, 4), null);
        foreach (string output in new[] { SampleModel.Folder, Path.GetDirectoryName(SampleModel.Folder)! })
        {
            GateException exception = Assert.Throws<GateException>(() => Compressor.Compress(_model.Dense, plan, output, ComputeThreads.All, cancellationToken: Token));
            Assert.Equal("GATE4031", exception.Diagnostic.Code);
        }
    }

    [Fact]
    public void A_path_below_a_file_cannot_be_written_and_exits_with_4()
    {
        File.WriteAllText(_model.PathOf("file"), "");
        CompressionPlan plan = Compressor.Plan(_model.Dense, SampleRecipes.Joint(0.25, 4), null);
        GateException exception = Assert.Throws<GateException>(
            () => Compressor.Compress(_model.Dense, plan, _model.PathOf("file", "candidate"), ComputeThreads.All, cancellationToken: Token));
        Assert.Equal(ExitCode.InputUnavailable, exception.ExitCode);
        Assert.Equal("GATE4032", exception.Diagnostic.Code);
    }

    [Fact]
    public void A_cancelled_run_leaves_nothing_behind()
    {
        using CancellationTokenSource source = new();
        CompressionPlan plan = Compressor.Plan(_model.Dense, SampleRecipes.Joint(0.25, 4), null);
        int finished = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => Compressor.Compress(
            _model.Dense, plan, _model.PathOf("candidate"), ComputeThreads.All, new Cancelling(() => { if (++finished == 3) source.Cancel(); }), source.Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_model.PathOf()));
    }

    [Fact]
    public void A_kill_between_the_two_renames_of_publishing_brings_the_earlier_candidate_back()
    {
        // What a process leaves that dies with the earlier candidate moved aside and the new one not yet in its place.
        string earlier = _model.Compress(SampleRecipes.Joint(0.25, 4)).CandidateWeightsHash;
        _model.Compress(SampleRecipes.Joint(0.5, 4), ".candidate.4194305.partial");
        Directory.Move(_model.PathOf("candidate"), _model.PathOf(".candidate.4194305.partial.old"));
        File.WriteAllText(_model.PathOf(".candidate.4194305.partial.owner"), "");

        CancelAfterOneTensor();

        Assert.Equal(["candidate"], Directory.EnumerateFileSystemEntries(_model.PathOf()).Select(path => Path.GetFileName(path)));
        using Model candidate = Model.Open(_model.PathOf("candidate"));
        Assert.Equal(earlier, candidate.Checkpoint.ComputeWeightsHash(Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_kill_after_the_second_rename_leaves_nothing_of_the_earlier_candidate(bool owner)
    {
        string published = _model.Compress(SampleRecipes.Joint(0.5, 4)).CandidateWeightsHash;
        _model.Compress(SampleRecipes.Joint(0.25, 4), ".candidate.4194305.partial.old");
        if (owner)
            File.WriteAllText(_model.PathOf(".candidate.4194305.partial.owner"), "");

        CancelAfterOneTensor();

        Assert.Equal(["candidate"], Directory.EnumerateFileSystemEntries(_model.PathOf()).Select(path => Path.GetFileName(path)));
        using Model candidate = Model.Open(_model.PathOf("candidate"));
        Assert.Equal(published, candidate.Checkpoint.ComputeWeightsHash(Token));
    }

    [Fact]
    public void What_a_living_process_and_a_candidate_of_a_longer_name_left_aside_is_not_touched()
    {
        string[] others = [".candidate.4194305.partial.old", ".candidate.new.4194305.partial.old"];
        foreach (string other in others)
            Directory.CreateDirectory(_model.PathOf(other));
        using FileStream living = new(_model.PathOf(".candidate.4194305.partial.owner"), FileMode.Create, FileAccess.Write, FileShare.None);

        _model.Compress(SampleRecipes.Joint(0.25, 4));

        Assert.All(others, other => Assert.True(Directory.Exists(_model.PathOf(other)), other));
    }

    private void CancelAfterOneTensor()
    {
        using CancellationTokenSource source = new();
        CompressionPlan plan = Compressor.Plan(_model.Dense, SampleRecipes.Joint(0.25, 4), null);
        Assert.ThrowsAny<OperationCanceledException>(() => Compressor.Compress(
            _model.Dense, plan, _model.PathOf("candidate"), ComputeThreads.All, new Cancelling(source.Cancel), source.Token));
    }

    [Fact]
    public void A_sidecar_beside_other_weights_is_refused()
    {
        _model.Compress(SampleRecipes.Joint(0.25, 4));
        File.Copy(Path.Combine(SampleModel.Folder, "model.safetensors"), _model.PathOf("candidate", "model.safetensors"), overwrite: true);
        AssertSidecarRefused("GATE4041");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"format\":\"gate-compression\",\"version\":2}")]
    [InlineData("{\"format\":\"gate-compression\",\"version\":1}")]
    [InlineData("{\"format\":7}")]
    [InlineData("{\"format\":\"\\ud800\"}")]
    [InlineData("{\"format\":\"\xff\"}")]
    [InlineData("{\"\\ud800\":1,\"format\":\"gate-compression\"}")]
    [InlineData("{\"\xff\":1,\"format\":\"gate-compression\",\"version\":1}")]
    public void A_malformed_sidecar_is_refused(string text)
    {
        _model.Compress(SampleRecipes.Joint(0.25, 4));
        File.WriteAllBytes(_model.PathOf("candidate", SidecarFile.Name), System.Text.Encoding.Latin1.GetBytes(text));
        AssertSidecarRefused("GATE4040");
    }

    [Fact]
    public void Weights_that_are_not_finite_are_refused_by_name_and_leave_nothing_behind()
    {
        string damaged = _model.PathOf("damaged");
        Directory.CreateDirectory(damaged);
        foreach (string file in Directory.EnumerateFiles(SampleModel.Folder))
            File.Copy(file, Path.Combine(damaged, Path.GetFileName(file)));
        TensorInfo tensor = _model.Dense.Checkpoint.Require("model.layers.1.mlp.up_proj.weight");
        using (FileStream stream = File.OpenWrite(Path.Combine(damaged, tensor.File)))
        {
            stream.Position = tensor.Offset + 2 * (3 * 128 + 5);
            stream.Write([0xC0, 0x7F]);
        }

        using Model dense = Model.Open(damaged);
        GateException exception = Assert.Throws<GateException>(() => Compressor.Compress(
            dense, Compressor.Plan(dense, SampleRecipes.Joint(0.25, 4), null), _model.PathOf("candidate"), ComputeThreads.All, cancellationToken: Token));
        Assert.Equal("GATE3023", exception.Diagnostic.Code);
        Assert.Contains("model.layers.1.mlp.up_proj.weight", exception.Message);
        Assert.Contains("[3, 5]", exception.Message);
        Assert.False(Directory.Exists(_model.PathOf("candidate")));
    }

    public void Dispose() => _model.Dispose();

    private Diagnostic Refusal(ExitCode exitCode)
    {
        GateException exception = Assert.Throws<GateException>(() => _model.Compress(SampleRecipes.Joint(0.25, 4)));
        Assert.Equal(exitCode, exception.ExitCode);
        return exception.Diagnostic;
    }

    private void AssertSidecarRefused(string code)
    {
        using Model candidate = Model.Open(_model.PathOf("candidate"));
        GateException exception = Assert.Throws<GateException>(() => Compressor.ReadSidecar(candidate.Checkpoint));
        Assert.Equal(code, exception.Diagnostic.Code);
        Assert.Equal(ExitCode.InputUnavailable, exception.ExitCode);
    }

    private sealed class Cancelling(Action report) : IProgress<string>
    {
        public void Report(string value) => report();
    }
}
