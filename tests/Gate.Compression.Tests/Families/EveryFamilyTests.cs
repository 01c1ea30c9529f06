using Gate.Compression.Calibration;
using Gate.Compression.Recipes;
using Gate.Models;
using Gate.Models.Blueprints;
using Gate.Models.Calibration;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Models.Structure;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Compression.Tests.Families;

/// <summary>
/// Every method on the tiny models of every family. What a method is to do is held by the tests of the methods; here it is held that nothing in the wiring
/// of a family (fused and transposed matrices, shared layers, experts, two stacks) comes between a method and the model.
/// </summary>
public sealed class EveryFamilyTests : IDisposable
{
    private readonly FamilyFolders _folders = new();

    public static TheoryData<string> Fixtures => [.. Names, .. FamilyFolders.References.Select(reference => reference.Family)];

    private static IEnumerable<string> Names =>
        Directory.EnumerateDirectories(Repository.Fixture("architectures")).Select(folder => Path.GetFileName(folder))
            .Where(name => !name.StartsWith("llama_rope", StringComparison.Ordinal) && !name.EndsWith("_hub_names", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    public void Dispose() => _folders.Dispose();

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Methods_that_fold_scales_and_round_to_eight_bit_hardly_change_what_is_computed(string fixture)
    {
        using Model dense = Model.Open(_folders.Prepare(fixture));
        float[] expected = Logits(dense);
        QuantizationRecipe eight = new() { Method = "rtn", Bits = 8, GroupSize = 8, Symmetric = false };
        Recipe[] recipes =
        [
            new(null, eight), new(null, eight with { Method = "gptq" }, _folders.Calibration), new(null, eight with { Method = "awq" }, _folders.Calibration),
            new(null, eight, _folders.Calibration) { Smooth = new SmoothRecipe(0.5) },
        ];
        foreach (Recipe recipe in recipes)
        {
            string name = $"{recipe.Quantize!.Method}{(recipe.Smooth is null ? "" : " smoothed")}";
            Compress(dense, recipe);
            using Model candidate = Model.Open(_folders.Candidate);
            double scale = expected.Max(MathF.Abs), worst = expected.Zip(Logits(candidate), (a, b) => (double)MathF.Abs(a - b)).Max();

            // Scores of T5 are not scaled: with random weights their softmax is sharp, and a small change of a score may turn it.
            double share = fixture.StartsWith("t5", StringComparison.Ordinal) ? 0.25 : 0.06;
            Assert.True(worst < share * scale, $"{fixture}, {name}: logits up to {scale:0.00} change by {worst:0.000}");
            Assert.True(worst > 0, $"{fixture}, {name}: nothing changed");
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Pruning_leaves_the_zeros_it_planned(string fixture)
    {
        using Model dense = Model.Open(_folders.Prepare(fixture));
        foreach (string method in new[] { "magnitude", "wanda", "sparsegpt" })
        {
            CompressionOutcome outcome = Compress(dense, new(new PruningRecipe { Method = method, Sparsity = 0.5 }, null, method == "magnitude" ? null : _folders.Calibration));
            Assert.Equal(0.5, outcome.Sparsity, 2);
            Assert.Equal(dense.LinearLayers.Count(layer => layer.Role != LinearRole.FinalDense), outcome.Layers.Length);
            using Model candidate = Model.Open(_folders.Candidate);
            Assert.All(Logits(candidate), value => Assert.True(float.IsFinite(value)));
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Heads_and_neurons_go_as_a_whole_wherever_their_rows_lie(string fixture)
    {
        using Model dense = Model.Open(_folders.Prepare(fixture));
        Compress(dense, new(new PruningRecipe { Method = "l2-structured", Structure = "units", Sparsity = 0.5 }, null));
        using Model candidate = Model.Open(_folders.Candidate);
        foreach (CoupledUnits units in dense.CoupledUnits)
        {
            bool[] gone = [.. Enumerable.Range(0, units.Count).Select(unit => IsZero(candidate, units.Slices[^1], unit))];
            Assert.InRange(gone.Count(unit => unit), (units.Count - 1) / 2.0, (units.Count + 1) / 2.0);
            foreach (UnitSlices slices in units.Slices)
            {
                // Slices that several units share go with the last of them.
                for (int unit = 0; unit < units.Count; unit += slices.Sharing)
                    Assert.Equal(gone.AsSpan(unit, slices.Sharing).IndexOf(false) < 0, IsZero(candidate, slices, unit));
            }
        }
    }

    [Theory]
    [InlineData("albert")]
    [InlineData("albert_groups")]
    public void A_layer_that_blocks_share_is_calibrated_on_all_its_uses(string fixture)
    {
        using Model dense = Model.Open(_folders.Prepare(fixture));
        int[][] windows = [[3, 40, 17, 91, 5], [60, 33, 12, 77, 21, 8, 9]];
        LinearLayer[] layers = [.. dense.LinearLayers.Where(layer => layer.Block == 0)];
        Assert.All(layers, layer => Assert.True(layer.LastBlock > 0));
        using ActivationStream stream = ActivationStream.Open(dense, windows, new ActivationOptions(new ComputeThreads(2)), TestContext.Current.CancellationToken);
        Dictionary<string, InputStatistics> found = BlockStatistics.Of(stream, dense, layers, [], new ComputeThreads(2), TestContext.Current.CancellationToken);
        Assert.Equal(0, stream.Block);

        Dictionary<string, List<float[]>> seen = layers.DistinctBy(layer => layer.InputGroup).ToDictionary(layer => layer.InputGroup, _ => new List<float[]>());
        while (stream.Block < stream.BlockCount)
        {
            stream.Observe((group, _, rows) => seen.GetValueOrDefault(group)?.Add(rows.ToArray()), cancellationToken: TestContext.Current.CancellationToken);
            stream.Advance(cancellationToken: TestContext.Current.CancellationToken);
        }

        int uses = fixture == "albert" ? stream.BlockCount : 2;
        foreach ((string group, List<float[]> rows) in seen)
        {
            Assert.Equal(windows.Sum(window => window.Length) * uses, found[group].Tokens);
            int columns = found[group].Columns;
            for (int column = 0; column < columns; column++)
            {
                // The mean is over sequences, as the reference scripts scale it.
                double mean = rows.SelectMany(part => part.Where((_, i) => i % columns == column)).Sum(value => (double)value * value) / rows.Count;
                Assert.Equal(mean, found[group].MeanSquares()[column], Math.Max(1e-4 * mean, 1e-9));
            }
        }
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("gpt_oss")]
    public void Packed_layouts_refuse_what_a_family_stores_the_other_way_round(string fixture)
    {
        using Model dense = Model.Open(_folders.Prepare(fixture));
        Recipe recipe = new(null, new QuantizationRecipe { Method = "rtn", Bits = 4, GroupSize = 8 });
        foreach (CandidateLayout layout in new[] { CandidateLayout.Gptq, CandidateLayout.Awq, CandidateLayout.CompressedTensors })
            Assert.Equal("GATE4060", Assert.Throws<Diagnostics.GateException>(() => Compressor.Plan(dense, recipe, null, layout)).Diagnostic.Code);
    }

    private CompressionOutcome Compress(Model dense, Recipe recipe) => Compressor.Compress(dense, Compressor.Plan(dense, recipe, null), _folders.Candidate, new ComputeThreads(2));

    private static bool IsZero(Model candidate, UnitSlices slices, int unit)
    {
        LinearLayer layer = candidate.LinearLayers.First(layer => layer.Name == slices.Layer);
        float[] weights = candidate.Checkpoint.ReadSingles(layer.WeightTensor);
        return Enumerable.Range(slices.StartOf(unit), slices.Width).All(slice => Enumerable.Range(0, slices.Dimension == SliceDimension.Rows ? layer.Inputs : layer.Outputs)
            .All(other => weights[slices.Dimension == SliceDimension.Rows ? (slice * layer.Inputs) + other : (other * layer.Inputs) + slice] == 0));
    }

    private static float[] Logits(Model model)
    {
        using ILanguageModel loaded = LanguageModels.Load(model, InferenceOptions.Default);
        int[] ids = [.. new[] { 3, 40, 17, 91, 5, 60, 33, 12, 77, 21 }.Select(id => id % loaded.VocabularySize)];
        List<float> logits = [];
        LogitsRequest request = model.DecoderStartId is { } start ? new((int[])[start, 9, 30, 8]) { EncoderIds = ids } : new(ids);
        loaded.VisitLogits(request, (_, row) => logits.AddRange(row));
        return [.. logits];
    }
}
