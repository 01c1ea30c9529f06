using FsCheck;
using FsCheck.Fluent;
using Gate.Compression.Planning.Search;
using Gate.Compression.Recipes;
using Gate.Diagnostics;
using Gate.Models.Calibration;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.Planning;

public sealed class PlanSearchTests : IDisposable
{
    private static readonly Lazy<DamageMeasurement> Measured = new(() =>
    {
        using SampleModel model = new();
        return UnitMeasurer.Measure(model.Dense, PlanningMethods.DataFree, withSparsity: true, "key", new ActivationOptions(new ComputeThreads(2)), KeptErrors.None);
    });

    private readonly SampleModel _model = new();

    [Fact]
    public void Layers_that_share_an_input_are_one_unit()
    {
        string[] first = [.. Search(new Budget(0.5, null, null)).Units[0].Layers.Select(layer => layer.Name.Split('.')[^1])];
        Assert.Equal(["q_proj", "k_proj", "v_proj"], first);
        Assert.Equal(16, Search(new Budget(0.5, null, null)).Units.Length);
    }

    [Fact]
    public void Whatever_the_rate_the_plan_holds_it_exactly()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(40), Prop.ForAll(Gen.Choose(0, 9375).ToArbitrary(), rate =>
        {
            SolvedPlan solved = Search(new Budget(rate / 10000.0, null, null)).Solve(Measured.Value);
            Assert.True(solved.Plan.TheoreticalCompressionRate >= rate / 10000.0);
            Assert.InRange(solved.Gap, 0, 0.01);
        }));
    }

    [Fact]
    public void Whatever_the_bits_the_plan_holds_them_exactly()
    {
        // The smallest plan of the model has 2.104167 bits per weight.
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(40), Prop.ForAll(Gen.Choose(2105, 16000).ToArbitrary(), thousandths =>
            Search(new Budget(null, thousandths / 1000.0, null)).Solve(Measured.Value).Plan.BitsPerWeight <= thousandths / 1000.0));
    }

    [Fact]
    public void Whatever_the_bytes_the_plan_holds_them_and_leaves_less_than_a_step()
    {
        long floor = Search(new Budget(null, null, long.MaxValue / 4)).Uniform(Measured.Value).Min(plan => plan.Plan.PackedBytes);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(40), Prop.ForAll(Gen.Choose(0, 1_200_000).ToArbitrary(), more =>
        {
            CompressionPlan plan = Search(new Budget(null, null, floor + more)).Solve(Measured.Value).Plan;
            Assert.InRange(plan.PackedBytes, floor, floor + more);
            // The largest gain of one step on the menu is that of the largest unit from 8 bit to 16.
            Assert.True(floor + more - plan.PackedBytes < 98_304 * 2 || plan.BitsPerWeight == 16);
        }));
    }

    [Fact]
    public void Bytes_of_the_outcome_are_the_bytes_planned()
    {
        SolvedPlan solved = Search(new Budget(null, 3.9, null)).Solve(Measured.Value);
        CompressionOutcome outcome = Compressor.Compress(_model.Dense, solved.Plan, _model.PathOf("planned"), new ComputeThreads(2), null, TestContext.Current.CancellationToken);

        Assert.Equal(solved.Plan.PackedBytes, outcome.PackedBytes);
        Assert.Equal(solved.Plan.TheoreticalCompressionRate, outcome.TheoreticalCompressionRate, 12);
        Assert.Equal(28, outcome.Layers.Length);
        Assert.True(outcome.Layers.Select(layer => (layer.Bits, layer.GroupSize, layer.Sparsity)).Distinct().Count() > 1);
    }

    [Fact]
    public void A_ratio_is_held_against_the_bytes_of_the_dense_model()
    {
        SolvedPlan solved = Search(new Budget(null, null, null, 0.55)).Solve(Measured.Value);
        long dense = 2 * _model.Dense.Checkpoint.Tensors.Sum(tensor => tensor.ElementCount);
        Assert.InRange(solved.Plan.PackedBytes / (double)dense, 0.54, 0.55);
    }

    [Fact]
    public void The_plan_is_predicted_to_be_no_worse_than_any_uniform_recipe()
    {
        foreach (double rate in new[] { 0.5, 0.75, 0.8125, 0.875 })
        {
            PlanSearch search = Search(new Budget(rate, null, null));
            double planned = search.Solve(Measured.Value).Damage;
            Assert.All(search.Uniform(Measured.Value), uniform => Assert.True(uniform.Damage >= planned - 1e-12));
        }
    }

    [Fact]
    public void Budgets_in_real_bytes_never_buy_zeros()
    {
        SolvedPlan solved = Search(new Budget(null, 3.2, null)).Solve(Measured.Value);
        Assert.All(solved.Plan.Layers, layer => Assert.Null(layer.Prune));
    }

    [Theory]
    [InlineData(0.99, null, null, null, "TCr 0.9375")]
    [InlineData(null, 1.0, null, null, "2.104167 bits per weight")]
    [InlineData(null, null, 1000L, null, "but the smallest plan of this model has 1")]
    [InlineData(null, null, null, 0.1, "but the smallest plan of this model has a ratio of 0.4")]
    public void A_budget_below_the_floor_is_refused_with_the_floor(double? rate, double? bits, long? bytes, double? ratio, string floor)
    {
        GateException refusal = Assert.Throws<GateException>(() => Search(new Budget(rate, bits, bytes, ratio)).EnsureFeasible());
        Assert.Equal("GATE4070", refusal.Diagnostic.Code);
        Assert.Equal(ExitCode.InvalidUsage, refusal.ExitCode);
        Assert.Contains(floor, refusal.Diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_measurement_reads_back_and_belongs_to_its_key()
    {
        string json = Measured.Value.ToJson();
        Assert.Equal(json, DamageMeasurement.FromJson(json, "key")!.ToJson());
        Assert.Null(DamageMeasurement.FromJson(json, "another"));
        Assert.Null(DamageMeasurement.FromJson(json[..^20], "key"));
    }

    public void Dispose() => _model.Dispose();

    private PlanSearch Search(Budget budget) => new(_model.Dense, budget, PlanningMethods.DataFree);
}
