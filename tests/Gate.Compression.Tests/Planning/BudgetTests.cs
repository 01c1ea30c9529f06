using Gate.Compression.Recipes;
using Gate.Compression.Tests.Recipes;
using Gate.Diagnostics;

namespace Gate.Compression.Tests.Planning;

public sealed class BudgetTests : IDisposable
{
    private readonly SampleModel _model = new();

    [Fact]
    public void A_quarter_pruned_at_4_bit_meets_81_25_percent_exactly()
    {
        CompressionPlan plan = Compressor.Plan(_model.Dense, SampleRecipes.Joint(0.25, 4), new Budget(0.8125, null, null));

        Assert.Equal(0.8125, plan.TheoreticalCompressionRate);
        Assert.Equal(4.5, plan.BitsPerWeight);
    }

    [Theory]
    [InlineData(0.3, 4, 0.825)]
    [InlineData(0.1, 4, 0.775)]
    [InlineData(0.7, 3, 0.94375)]
    public void Rates_that_binary_fractions_cannot_hold_still_meet_their_budget(double sparsity, int bits, double rate)
    {
        CompressionPlan plan = Compressor.Plan(_model.Dense, SampleRecipes.Joint(sparsity, bits), new Budget(rate, null, null));
        Assert.Equal(rate, plan.TheoreticalCompressionRate);
    }

    [Fact]
    public void A_pattern_counts_with_its_exact_share()
    {
        Recipe recipe = new(SampleRecipes.Magnitude(0) with { Sparsity = null, Pattern = new NmPattern(2, 4) }, SampleRecipes.Rtn(4));
        Assert.Equal(0.875, Compressor.Plan(_model.Dense, recipe, new Budget(0.875, null, null)).TheoreticalCompressionRate);
    }

    [Fact]
    public void A_missed_rate_says_by_how_much_and_which_change_would_meet_it()
    {
        Diagnostic diagnostic = Refusal(new Recipe(null, SampleRecipes.Rtn(4)), new Budget(0.8125, null, null));

        Assert.Equal("GATE4010", diagnostic.Code);
        Assert.Contains("found 0.75, 0.0625 short", diagnostic.Message);
        Assert.Contains("3 bit", diagnostic.Remedy);
        Assert.Contains("prune 25 % as well", diagnostic.Remedy);
        Assert.Contains("floor", diagnostic.Remedy);
    }

    [Fact]
    public void Missed_bits_per_weight_name_the_real_bits()
    {
        Diagnostic diagnostic = Refusal(SampleRecipes.Joint(0.25, 4), new Budget(null, 4.25, null));

        Assert.Contains("found 4.5", diagnostic.Message);
        Assert.Contains("group size 64", diagnostic.Remedy);
    }

    [Fact]
    public void A_size_nothing_can_reach_names_the_floor()
    {
        Diagnostic diagnostic = Refusal(SampleRecipes.Joint(0.25, 4), new Budget(null, null, 1000));

        Assert.Contains("No single change", diagnostic.Remedy);
        Assert.Contains("floor", diagnostic.Remedy);
    }

    [Fact]
    public void A_missed_ratio_names_bytes_of_both_models()
    {
        Diagnostic diagnostic = Refusal(SampleRecipes.Joint(0.25, 4), new Budget(null, null, null, 0.5));

        Assert.Contains("expected at most 1311872 bytes (0.5 of 2623744 dense ones)", diagnostic.Message);
        Assert.Contains("a ratio of 0.4", diagnostic.Remedy);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(30.0)]
    [InlineData(double.NaN)]
    public void A_ratio_that_is_none_is_refused(double ratio) =>
        Assert.Equal("GATE4011", Refusal(SampleRecipes.Joint(0.25, 4), new Budget(null, null, null, ratio)).Code);

    [Fact]
    public void Pruning_saves_no_real_bytes()
    {
        CompressionPlan joint = Compressor.Plan(_model.Dense, SampleRecipes.Joint(0.5, 4), null);
        CompressionPlan quantized = Compressor.Plan(_model.Dense, new Recipe(null, SampleRecipes.Rtn(4)), null);
        Assert.Equal(quantized.PackedBytes, joint.PackedBytes);
    }

    [Fact]
    public void Zero_points_are_counted()
    {
        CompressionPlan plan = Compressor.Plan(_model.Dense, new Recipe(null, SampleRecipes.Rtn(4, 64) with { Symmetric = false }), null);
        Assert.Equal(4 + 20.0 / 64, plan.BitsPerWeight);
    }

    [Theory]
    [InlineData(95.0, null)]
    [InlineData(1.0, null)]
    [InlineData(double.NaN, null)]
    [InlineData(null, 0.0)]
    [InlineData(0.5, 4.0)]
    [InlineData(null, null)]
    public void A_budget_that_is_none_is_refused(double? rate, double? bits) =>
        Assert.Equal("GATE4011", Refusal(SampleRecipes.Joint(0.25, 4), new Budget(rate, bits, null)).Code);

    public void Dispose() => _model.Dispose();

    private Diagnostic Refusal(Recipe recipe, Budget budget)
    {
        GateException exception = Assert.Throws<GateException>(() => Compressor.Plan(_model.Dense, recipe, budget));
        Assert.Equal(ExitCode.InvalidUsage, exception.ExitCode);
        return exception.Diagnostic;
    }
}
