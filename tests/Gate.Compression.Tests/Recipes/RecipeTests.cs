using Gate.Compression.Recipes;
using Gate.Diagnostics;

namespace Gate.Compression.Tests.Recipes;

public sealed class RecipeTests : IDisposable
{
    private readonly SampleModel _model = new();

    [Fact]
    public void A_recipe_reads_as_one_line() => Assert.Equal(
        "prune 25 % by magnitude (per layer), then quantise to 4 bit by rtn, symmetric, group 32",
        Plan(SampleRecipes.Joint(0.25, 4)).Description);

    [Fact]
    public void A_scope_by_role_touches_those_layers_only()
    {
        CompressionPlan plan = Plan(new Recipe(
            SampleRecipes.Magnitude(0.5) with { Scope = Scope.All with { Kind = ScopeKind.Attention } },
            SampleRecipes.Rtn(4) with { Scope = Scope.All with { Kind = ScopeKind.FeedForward } }));

        Assert.Equal(28, plan.Layers.Length);
        Assert.All(plan.Layers, planned => Assert.Equal(planned.Layer.Name.Contains("self_attn"), planned.Prune is not null));
        Assert.All(plan.Layers, planned => Assert.Equal(planned.Layer.Name.Contains("mlp"), planned.Quantize is not null));
    }

    [Fact]
    public void Patterns_choose_and_exclude_by_name()
    {
        CompressionPlan plan = Plan(new Recipe(
            SampleRecipes.Magnitude(0.5) with { Scope = new Scope(ScopeKind.All, ["*.up_proj", "*.down_proj"], ["model.layers.0.*"]) }, null));

        Assert.Equal(
            ["model.layers.1.mlp.up_proj", "model.layers.1.mlp.down_proj", "model.layers.2.mlp.up_proj", "model.layers.2.mlp.down_proj",
                "model.layers.3.mlp.up_proj", "model.layers.3.mlp.down_proj"],
            plan.Layers.Select(planned => planned.Layer.Name));
    }

    [Fact]
    [Trait("Complaint", "19")]
    public void A_pattern_that_matches_nothing_is_refused_with_the_nearest_names()
    {
        Diagnostic diagnostic = Refusal(new Recipe(
            SampleRecipes.Magnitude(0.5) with { Scope = new Scope(ScopeKind.All, ["*.q_porj"], []) }, null));

        Assert.Equal("GATE4001", diagnostic.Code);
        Assert.Contains("*.q_porj", diagnostic.Message);
        Assert.Contains("model.layers.0.self_attn.q_proj", diagnostic.Remedy);
    }

    [Fact]
    public void A_pattern_that_matches_only_outside_the_scope_says_so()
    {
        Diagnostic diagnostic = Refusal(new Recipe(
            SampleRecipes.Magnitude(0.5) with { Scope = new Scope(ScopeKind.Attention, ["*.up_proj"], []) }, null));

        Assert.Equal("GATE4001", diagnostic.Code);
        Assert.Contains("outside the scope", diagnostic.Message);
    }

    [Fact]
    public void A_tied_head_cannot_be_the_scope() => Assert.Equal("GATE4002", Refusal(new Recipe(
        SampleRecipes.Magnitude(0.5) with { Scope = Scope.All with { Kind = ScopeKind.FinalDense } }, null)).Code);

    [Theory]
    [InlineData(1.0)]
    [InlineData(-0.1)]
    [InlineData(25)]
    [InlineData(double.NaN)]
    public void A_sparsity_outside_its_range_is_refused(double sparsity) =>
        Assert.Equal("GATE4003", Refusal(new Recipe(SampleRecipes.Magnitude(sparsity), null)).Code);

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(16)]
    public void Bits_outside_2_to_8_are_refused(int bits) =>
        Assert.Equal("GATE4003", Refusal(new Recipe(null, SampleRecipes.Rtn(bits))).Code);

    [Fact]
    public void An_unknown_method_is_refused_with_the_nearest_name()
    {
        Diagnostic diagnostic = Refusal(new Recipe(SampleRecipes.Magnitude(0.5) with { Method = "magnitud" }, null));

        Assert.Equal("GATE4004", diagnostic.Code);
        Assert.Contains("magnitude", diagnostic.Remedy);
    }

    [Fact]
    public void Groups_that_do_not_divide_are_refused_by_layer_name()
    {
        Diagnostic group = Refusal(new Recipe(null, SampleRecipes.Rtn(4, 48)));
        Diagnostic pattern = Refusal(new Recipe(SampleRecipes.Magnitude(0) with { Sparsity = null, Pattern = new NmPattern(1, 3) }, null));

        Assert.Equal("GATE4005", group.Code);
        Assert.Contains("model.layers.0.self_attn.q_proj", group.Message);
        Assert.Equal("GATE4005", pattern.Code);
    }

    [Fact]
    public void A_recipe_that_does_nothing_is_refused() => Assert.Equal("GATE4003", Refusal(new Recipe(null, null)).Code);

    public void Dispose() => _model.Dispose();

    private CompressionPlan Plan(Recipe recipe) => Compressor.Plan(_model.Dense, recipe, null);

    private Diagnostic Refusal(Recipe recipe)
    {
        GateException exception = Assert.Throws<GateException>(() => Plan(recipe));
        Assert.Equal(ExitCode.InvalidUsage, exception.ExitCode);
        return exception.Diagnostic;
    }
}
