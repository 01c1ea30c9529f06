using Gate.Compression.Recipes;
using Gate.Diagnostics;

namespace Gate.Compression.Tests.Recipes;

public sealed class StructureRecipeTests : IDisposable
{
    private readonly SampleModel _model = new();

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData("l1-structured", null, "prune 25 % of the output rows by l1-structured")]
    [InlineData("l2-structured", "columns", "prune 25 % of the input columns by l2-structured")]
    [InlineData("random", null, "prune 25 % by random (seed 0)")]
    [InlineData("random", "weights", "prune 25 % by random (seed 0)")]
    [InlineData("random", "units", "prune 25 % of the attention heads and neurons by random (seed 0)")]
    public void A_recipe_says_what_goes_as_one(string method, string? structure, string text) => Assert.Equal(text, RecipeText.Of(new Recipe(Prune(method, structure), null)));

    [Theory]
    [InlineData("magnitude", "heads", "\"heads\" goes with method \"l1-structured\", \"l2-structured\" or \"random\"")]
    [InlineData("magnitude", "rows", "\"rows\" goes with")]
    [InlineData("l1-structured", "weights", "prunes by the norm of slices")]
    [InlineData("l1-structured", "head", "\"head\" is unknown")]
    [InlineData("l2-structured", "heads", "model.layers.0.mlp.gate_proj is in the scope, but has no part in attention heads")]
    [InlineData("l2-structured", "neurons", "model.layers.0.self_attn.q_proj is in the scope, but has no part in neurons")]
    public void A_structure_that_the_method_or_the_scope_does_not_have_is_refused(string method, string structure, string message)
    {
        Diagnostic refusal = Refusal(Prune(method, structure));
        Assert.Equal("GATE4104", refusal.Code);
        Assert.Contains(message, refusal.Message);
        Assert.NotEqual("", refusal.Remedy);
    }

    [Fact]
    public void Half_a_head_is_refused_with_the_layer_that_is_missing()
    {
        Diagnostic refusal = Refusal(Prune("l2-structured", "heads") with { Scope = new Scope(ScopeKind.Attention, [], ["model.layers.2.*.v_proj"]) });
        Assert.Equal("GATE4104", refusal.Code);
        Assert.Contains("attention heads of block 2 lie in model.layers.2.self_attn.q_proj and in model.layers.2.self_attn.v_proj, which is not in the scope", refusal.Message);
        Assert.Contains("whole attention of a block", refusal.Remedy);
    }

    [Fact]
    public void Some_blocks_may_be_pruned_and_others_left_alone()
    {
        CompressionPlan plan = Compressor.Plan(
            _model.Dense, new Recipe(Prune("l2-structured", "units") with { Scope = new Scope(ScopeKind.All, [], ["model.layers.0.*"]) }, null), null);
        Assert.Equal(21, plan.Layers.Length);
        Assert.All(plan.Layers, planned => Assert.Equal(planned.Layer.Block, planned.Units!.Block));
    }

    [Fact]
    public void A_budget_between_two_numbers_of_heads_is_missed_by_the_smaller()
    {
        Budget budget = new(CompressionRate: 0.2, BitsPerWeight: null, Bytes: null);
        PruningRecipe prune = Prune("l2-structured", "heads") with { Scope = Scope.All with { Kind = ScopeKind.Attention } };

        // Of a quarter of the heads the shared keys and values may all be read by others: 2/3 of the weights are sure to go with them.
        GateException refusal = Assert.Throws<GateException>(() => Compressor.Plan(_model.Dense, new Recipe(prune, null), budget));
        Assert.Equal("GATE4010", refusal.Diagnostic.Code);
        Assert.Contains("found 0.166666666667", refusal.Diagnostic.Message);
    }

    private static PruningRecipe Prune(string method, string? structure) => new() { Method = method, Sparsity = 0.25, Structure = structure };

    private Diagnostic Refusal(PruningRecipe prune) =>
        Assert.Throws<GateException>(() => Compressor.Plan(_model.Dense, new Recipe(prune, null), null)).Diagnostic;
}
