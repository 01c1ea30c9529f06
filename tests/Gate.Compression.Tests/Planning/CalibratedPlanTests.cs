using FsCheck;
using FsCheck.Fluent;
using Gate.Compression.Planning.Search;
using Gate.Compression.Recipes;
using Gate.Diagnostics;
using Gate.Models.Calibration;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Compression.Tests.Planning;

public sealed class CalibratedPlanTests : IDisposable
{
    private static readonly CalibrationRecipe Text = new(Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "calibration.jsonl"), 16, 128);
    private static readonly Lazy<DamageMeasurement> Measured = new(() => Measure(PlanningMethods.Calibrated(Text), withSparsity: true));
    private readonly SampleModel _model = new();

    [Fact]
    public void Damage_is_the_output_error_that_compression_itself_reports()
    {
        PlanningMethods plain = new("magnitude", "rtn", Text);
        UnitMeasurement first = Measure(plain, withSparsity: false).Units[0];
        CompressionOutcome outcome = _model.Compress(new Recipe(null, new QuantizationRecipe { Method = "rtn", Bits = 3, GroupSize = 32 }, Text));

        // The layers of the first block see the dense model's inputs.
        double reported = outcome.Layers.Take(3).Sum(layer => layer.OutputError!.Value);
        Assert.InRange(ErrorOf(first, 3, 32) / reported, 0.98, 1.02);
        Assert.Equal(0, first.Options[0].Error);
    }

    [Fact]
    public void Error_feedback_is_measured_to_do_less_damage_than_rounding_to_nearest()
    {
        DamageMeasurement plain = Measure(new PlanningMethods("magnitude", "rtn", Text), withSparsity: false);

        Assert.Equal("relative squared output error", plain.Measure);
        Assert.All(plain.Units.Zip(Measured.Value.Units), pair => Assert.True(ErrorOf(pair.Second, 3, 32) < ErrorOf(pair.First, 3, 32)));
        Assert.All(Measured.Value.Units, unit => Assert.True(unit.Options.Count(option => option.Option.Sparsity > 0 && option.Error > 0) > 20));
    }

    [Fact]
    public void A_plan_is_carried_out_by_the_methods_it_was_measured_with()
    {
        SolvedPlan solved = Search(new Budget(0.85, null, null)).Solve(Measured.Value);
        CompressionOutcome outcome = Compressor.Compress(_model.Dense, solved.Plan, _model.PathOf("planned"), new ComputeThreads(2), null, TestContext.Current.CancellationToken);

        Assert.All(solved.Plan.Layers, layer => Assert.Equal(("sparsegpt", "gptq"), (layer.Prune?.Method ?? "sparsegpt", layer.Quantize?.Method ?? "gptq")));
        Assert.Contains(solved.Plan.Layers, layer => layer.Prune is not null);
        Assert.Contains("by sparsegpt and gptq, calibrated on 16 packed windows of 128 tokens", solved.Plan.Description, StringComparison.Ordinal);
        Assert.True(outcome.TheoreticalCompressionRate >= 0.85);
        Assert.All(outcome.Layers, layer => Assert.True(layer.OutputError >= 0 && layer.Fallback is null));
    }

    [Theory]
    [InlineData(CandidateLayout.Gptq)]
    [InlineData(CandidateLayout.Awq)]
    [InlineData(CandidateLayout.Gguf)]
    [InlineData(CandidateLayout.CompressedTensors)]
    public void Whatever_the_bytes_a_plan_fits_its_format_and_the_file_holds_them(CandidateLayout layout)
    {
        PlanSearch any = Search(new Budget(null, null, long.MaxValue / 4), layout);
        long floor = any.Uniform(Measured.Value).Min(plan => plan.Plan.PackedBytes);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20), Prop.ForAll(Gen.Choose(0, 800_000).ToArbitrary(), more =>
        {
            CompressionPlan plan = Search(new Budget(null, null, floor + more), layout).Solve(Measured.Value).Plan;
            Assert.InRange(plan.PackedBytes, 1, floor + more);
            if (layout is CandidateLayout.Gptq or CandidateLayout.Awq)
                Assert.Single(plan.Layers.Where(layer => layer.Quantize is not null).Select(layer => (layer.Quantize!.Bits, layer.Quantize.GroupSize)).Distinct());
        }));
        CompressionPlan shipped = Search(new Budget(null, null, floor + 200_000), layout).Solve(Measured.Value).Plan;
        CompressionOutcome outcome = Compressor.Compress(_model.Dense, shipped, _model.PathOf("shipped"), new ComputeThreads(2), null, TestContext.Current.CancellationToken);

        Assert.Equal(shipped.PackedBytes, outcome.PackedBytes);
        Assert.Equal(shipped.PackedBytes, Directory.EnumerateFiles(_model.PathOf("shipped"), "model.*").Single(file => !file.EndsWith(".json", StringComparison.Ordinal)).Length());
        Assert.True(layout == CandidateLayout.Gptq || shipped.Layers.Select(layer => layer.Quantize?.Bits).Distinct().Count() > 1);
    }

    [Fact]
    public void Methods_without_their_calibration_data_are_refused()
    {
        PlanSearch search = new(_model.Dense, new Budget(null, 4, null), new PlanningMethods("magnitude", "gptq"));
        Assert.Equal("GATE4052", Assert.Throws<GateException>(search.EnsureFeasible).Diagnostic.Code);
    }

    public void Dispose() => _model.Dispose();

    private static double ErrorOf(UnitMeasurement unit, int bits, int groupSize) =>
        unit.Options.Single(option => option.Option == new StorageOption(bits, groupSize, 0, null)).Error;

    private static DamageMeasurement Measure(PlanningMethods methods, bool withSparsity)
    {
        using SampleModel model = new();
        return UnitMeasurer.Measure(model.Dense, methods, withSparsity, "key", new ActivationOptions(new ComputeThreads(2)), KeptErrors.None, null, TestContext.Current.CancellationToken);
    }

    private PlanSearch Search(Budget budget, CandidateLayout layout = CandidateLayout.Dense) => new(_model.Dense, budget, PlanningMethods.Calibrated(Text), layout);
}

file static class FileLength
{
    public static long Length(this string path) => new FileInfo(path).Length;
}
