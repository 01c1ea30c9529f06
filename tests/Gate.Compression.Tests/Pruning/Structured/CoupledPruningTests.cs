using System.Text.Json.Nodes;
using Gate.Compression.Recipes;
using Gate.Compression.Tests.Calibration;
using Gate.Compression.Tests.Export;
using Gate.Compression.Tests.Recipes;
using Gate.Models;
using Gate.Models.Checkpoints;
using Gate.Models.Structure;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Pruning.Structured;

/// <summary>The sample model has four query heads of 32 features over two key and value heads, and 384 neurons, in each of four blocks.</summary>
public sealed class CoupledPruningTests : IDisposable
{
    private const int HeadSize = 32;

    private readonly SampleModel _model = new();

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData("l1-structured", 0.25, 1)]
    [InlineData("l2-structured", 0.25, 1)]
    [InlineData("l2-structured", 0.5, 2)]
    [InlineData("l1-structured", 0.75, 3)]
    public void The_heads_of_smallest_norm_go_in_every_block_with_the_keys_and_values_that_nobody_reads_any_more(string method, double sparsity, int gone)
    {
        _model.Compress(new Recipe(Structured(method, sparsity, "heads", ScopeKind.Attention), null));
        using Model candidate = Model.Open(_model.PathOf("candidate"));
        for (int block = 0; block < 4; block++)
        {
            string attention = $"model.layers.{block}.self_attn.";
            int[] expected = [.. Enumerable.Range(0, 4).OrderBy(head => HeadNorm(attention, head, method == "l1-structured" ? 1 : 2)).Take(gone)];
            for (int head = 0; head < 4; head++)
            {
                bool pruned = expected.Contains(head);
                AssertRows(candidate, $"{attention}q_proj.weight", head * HeadSize, HeadSize, pruned);
                AssertColumns(candidate, $"{attention}o_proj.weight", head * HeadSize, HeadSize, pruned);
            }

            for (int key = 0; key < 2; key++)
            {
                bool pruned = expected.Contains(2 * key) && expected.Contains((2 * key) + 1);
                AssertRows(candidate, $"{attention}k_proj.weight", key * HeadSize, HeadSize, pruned);
                AssertRows(candidate, $"{attention}v_proj.weight", key * HeadSize, HeadSize, pruned);
            }
        }
    }

    [Theory]
    [InlineData("l1-structured")]
    [InlineData("l2-structured")]
    public void The_neurons_of_smallest_norm_go_in_every_block(string method)
    {
        _model.Compress(new Recipe(Structured(method, 0.25, "neurons", ScopeKind.FeedForward), null));
        using Model candidate = Model.Open(_model.PathOf("candidate"));
        for (int block = 0; block < 4; block++)
        {
            string mlp = $"model.layers.{block}.mlp.";
            float[] gate = _model.Dense.Checkpoint.ReadSingles($"{mlp}gate_proj.weight"), up = _model.Dense.Checkpoint.ReadSingles($"{mlp}up_proj.weight"), down = _model.Dense.Checkpoint.ReadSingles($"{mlp}down_proj.weight");
            int order = method == "l1-structured" ? 1 : 2;
            HashSet<int> expected =
            [
                .. Enumerable.Range(0, 384).OrderBy(neuron => Power(gate.Skip(neuron * 128).Take(128), order) + Power(up.Skip(neuron * 128).Take(128), order)
                    + Power(Enumerable.Range(0, 128).Select(row => down[(row * 384) + neuron]), order)).Take(96),
            ];
            for (int neuron = 0; neuron < 384; neuron++)
            {
                AssertRows(candidate, $"{mlp}gate_proj.weight", neuron, 1, expected.Contains(neuron));
                AssertRows(candidate, $"{mlp}up_proj.weight", neuron, 1, expected.Contains(neuron));
                AssertColumns(candidate, $"{mlp}down_proj.weight", neuron, 1, expected.Contains(neuron));
            }
        }
    }

    [Fact]
    public void A_model_without_its_pruned_heads_answers_as_the_dense_one_that_ignores_their_outputs()
    {
        _model.Compress(new Recipe(Structured("l2-structured", 0.5, "heads", ScopeKind.Attention), null));
        using Model candidate = Model.Open(_model.PathOf("candidate"));
        string folder = _model.PathOf("ignoring");
        Copy(_model.Dense, folder, tensor => tensor.Name.EndsWith("o_proj.weight", StringComparison.Ordinal) ? candidate.Checkpoint.ReadSingles(tensor.Name) : null);
        using Model ignoring = Model.Open(folder);
        Assert.Equal(HeldOutText.Perplexity(ignoring, 20), HeldOutText.Perplexity(candidate, 20));
        Assert.NotEqual(HeldOutText.Perplexity(_model.Dense, 20), HeldOutText.Perplexity(candidate, 20));
    }

    [Theory]
    [InlineData("l2-structured")]
    [InlineData("random")]
    public void Pruned_neurons_can_be_cut_out_and_nothing_changes(string method)
    {
        _model.Compress(new Recipe(Structured(method, 0.25, "neurons", ScopeKind.FeedForward), null));
        using Model candidate = Model.Open(_model.PathOf("candidate"));
        string folder = _model.PathOf("cut");
        Copy(candidate, folder, tensor => tensor.Name.Contains(".mlp.", StringComparison.Ordinal) ? WithoutNeurons(candidate, tensor) : null, 288);
        using Model cut = Model.Open(folder);
        Assert.Equal([288, 128], cut.Checkpoint.Require("model.layers.0.mlp.gate_proj.weight").Shape);

        // Sums over fewer neurons are cut into other lanes.
        double expected = HeldOutText.Perplexity(cut, 20);
        Assert.Equal(expected, HeldOutText.Perplexity(candidate, 20), expected * 1e-5);
    }

    [Fact]
    public void Structures_are_pruned_exactly_in_models_of_other_shapes()
    {
        for (int seed = 0; seed < 8; seed++)
        {
            string folder = _model.PathOf($"random{seed}");
            RandomLlama.Write(folder, seed, 32);
            using Model dense = Model.Open(folder);
            var recipe = new Recipe(Structured(seed % 2 == 0 ? "l1-structured" : "random", 0.5, "units", ScopeKind.All), SampleRecipes.Rtn(8));
            CompressionPlan plan = Compressor.Plan(dense, recipe, null);
            CompressionOutcome outcome = Compressor.Compress(dense, plan, _model.PathOf($"pruned{seed}"), new ComputeThreads(2), cancellationToken: TestContext.Current.CancellationToken);
            using Model candidate = Model.Open(_model.PathOf($"pruned{seed}"));
            foreach (CoupledUnits units in dense.CoupledUnits)
            {
                bool[] gone = [.. Enumerable.Range(0, units.Count).Select(unit => units.Slices.All(slices => IsZero(candidate, slices, unit)))];
                int expected = (int)Math.Round(units.Count / 2.0, MidpointRounding.ToEven);

                // A head whose keys others still read keeps those; its own slices are what counts.
                Assert.Equal(expected, Enumerable.Range(0, units.Count).Count(unit => units.Slices.Where(slices => slices.Sharing == 1).All(slices => IsZero(candidate, slices, unit))));
                Assert.InRange(gone.Count(unit => unit), 0, expected);
            }

            // What the plan counted is the least; only keys and values that happen to be free as a whole come on top.
            Assert.True(outcome.TheoreticalCompressionRate >= plan.TheoreticalCompressionRate - 1e-12);
            if (dense.CoupledUnits.All(units => units.Slices.All(slices => slices.Sharing == 1)))
                Assert.Equal(plan.TheoreticalCompressionRate, outcome.TheoreticalCompressionRate, 1e-12);
        }
    }

    [Fact]
    public void The_seed_decides_which_units_go_by_lot_and_threads_do_not()
    {
        string[] hashes =
        [
            .. new[] { (Seed: 1, Threads: 2), (Seed: 1, Threads: 1), (Seed: 2, Threads: 2) }.Select((run, i) => _model.Compress(
                new Recipe(Structured("random", 0.25, "units", ScopeKind.All) with { Seed = run.Seed }, null), $"lot{i}", run.Threads).CandidateWeightsHash),
        ];
        Assert.Equal(hashes[0], hashes[1]);
        Assert.NotEqual(hashes[0], hashes[2]);
    }

    [Fact]
    public void Whole_rows_and_columns_are_counted_as_whole_ones()
    {
        // .26 of 128 outputs are 33 rows, not 33.28.
        PruningRecipe rows = Structured("l1-structured", 0.26, "rows", ScopeKind.All) with { Scope = new Scope(ScopeKind.All, ["*.down_proj"], []) };
        Assert.Equal(33 / 128.0, Compressor.Plan(_model.Dense, new Recipe(rows, null), null).TheoreticalCompressionRate);
        Assert.Equal(100 / 384.0, Compressor.Plan(_model.Dense, new Recipe(rows with { Structure = "columns" }, null), null).TheoreticalCompressionRate);
        Assert.Equal(33 / 128.0, _model.Compress(new Recipe(rows, null)).TheoreticalCompressionRate, 12);
    }

    [Fact]
    public void Pruned_heads_stay_pruned_through_calibrated_rounding()
    {
        CalibrationRecipe facts = new(Gate.Tests.Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "calibration.jsonl"), Samples: 4, SequenceLength: 64);
        _model.Compress(new Recipe(
            Structured("l2-structured", 0.5, "units", ScopeKind.All), new QuantizationRecipe { Method = "gptq", Bits = 4, GroupSize = 32 }, facts));
        using Model candidate = Model.Open(_model.PathOf("candidate"));
        foreach (CoupledUnits units in _model.Dense.CoupledUnits)
        {
            Assert.Equal(units.Count / 2, Enumerable.Range(0, units.Count).Count(unit =>
                units.Slices.Where(slices => slices.Sharing == 1).All(slices => IsZero(candidate, slices, unit))));
        }
    }

    private static PruningRecipe Structured(string method, double sparsity, string structure, ScopeKind scope) => new()
    {
        Method = method,
        Sparsity = sparsity,
        Structure = structure,
        Scope = Scope.All with { Kind = scope },
    };

    // Half of the shared key and value head belongs to each of the two query heads that read it.
    private double HeadNorm(string attention, int head, int order)
    {
        float[] output = _model.Dense.Checkpoint.ReadSingles($"{attention}o_proj.weight");
        int rowLength = 4 * HeadSize;
        return Power(Rows("q_proj", head), order) + ((Power(Rows("k_proj", head / 2), order) + Power(Rows("v_proj", head / 2), order)) / 2)
            + Power(output.Where((_, i) => i % rowLength / HeadSize == head), order);

        IEnumerable<float> Rows(string layer, int index) =>
            _model.Dense.Checkpoint.ReadSingles($"{attention}{layer}.weight").Skip(index * HeadSize * 128).Take(HeadSize * 128);
    }

    private static double Power(IEnumerable<float> weights, int order) => weights.Sum(weight => order == 1 ? Math.Abs((double)weight) : (double)weight * weight);

    private void AssertRows(Model candidate, string tensor, int first, int count, bool pruned)
    {
        int columns = (int)candidate.Checkpoint.Require(tensor).Shape[1];
        float[] before = _model.Dense.Checkpoint.ReadSingles(tensor)[(first * columns)..((first + count) * columns)];
        Assert.Equal(pruned ? new float[before.Length] : before, candidate.Checkpoint.ReadSingles(tensor)[(first * columns)..((first + count) * columns)]);
    }

    private void AssertColumns(Model candidate, string tensor, int first, int count, bool pruned)
    {
        int columns = (int)candidate.Checkpoint.Require(tensor).Shape[1];
        float[] before = Columns(_model.Dense);
        Assert.Equal(pruned ? new float[before.Length] : before, Columns(candidate));

        float[] Columns(Model checkpoint) => [.. checkpoint.Checkpoint.ReadSingles(tensor).Where((_, i) => i % columns >= first && i % columns < first + count)];
    }

    private static bool IsZero(Model candidate, UnitSlices slices, int unit)
    {
        string tensor = $"{slices.Layer}.weight";
        int columns = (int)candidate.Checkpoint.Require(tensor).Shape[1], first = unit / slices.Sharing * slices.Width;
        return candidate.Checkpoint.ReadSingles(tensor).Where((_, i) =>
        {
            int slice = slices.Dimension == SliceDimension.Rows ? i / columns : i % columns;
            return slice >= first && slice < first + slices.Width;
        }).All(weight => weight == 0);
    }

    // Neurons without any weight in the gate projection of the block.
    private static float[] WithoutNeurons(Model candidate, TensorInfo tensor)
    {
        string gate = tensor.Name[..tensor.Name.LastIndexOf(".mlp.", StringComparison.Ordinal)] + ".mlp.gate_proj.weight";
        float[] rows = candidate.Checkpoint.ReadSingles(gate), values = candidate.Checkpoint.ReadSingles(tensor.Name);
        HashSet<int> gone = [.. Enumerable.Range(0, 384).Where(neuron => rows.AsSpan(neuron * 128, 128).IndexOfAnyExcept(0f) < 0)];
        return tensor.Name.Contains("down_proj", StringComparison.Ordinal)
            ? [.. values.Where((_, i) => !gone.Contains(i % 384))]
            : [.. values.Where((_, i) => !gone.Contains(i / 128))];
    }

    // The checkpoint with some tensors replaced; those of the feed-forward layers may have another inner width.
    private static void Copy(Model source, string folder, Func<TensorInfo, float[]?> change, int inner = 384)
    {
        Directory.CreateDirectory(folder);
        JsonObject configuration = JsonNode.Parse(File.ReadAllBytes(Path.Combine(SampleModel.Folder, "config.json")))!.AsObject();
        configuration["intermediate_size"] = inner;
        File.WriteAllText(Path.Combine(folder, "config.json"), configuration.ToJsonString());
        foreach (string name in new[] { "tokenizer.json", "tokenizer_config.json", "generation_config.json" })
            File.Copy(Path.Combine(SampleModel.Folder, name), Path.Combine(folder, name));
        CheckpointWriter.WriteTensors(folder, source.Checkpoint.Tensors.Select(tensor =>
        {
            float[] values = change(tensor) ?? source.Checkpoint.ReadSingles(tensor.Name);
            byte[] bytes = new byte[2 * values.Length];
            for (int i = 0; i < values.Length; i++)
                BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), BFloat16Conversion.Narrow(values[i]));
            return new TensorToWrite(
                tensor.Name, NumberFormat.BFloat16, [.. tensor.Shape.Select(extent => extent == 384 ? inner : extent)], stream => stream.Write(bytes));
        }));
    }
}
