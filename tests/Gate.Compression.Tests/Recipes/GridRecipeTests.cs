using Gate.Compression.Recipes;
using Gate.Diagnostics;
using Gate.Models;

namespace Gate.Compression.Tests.Recipes;

public sealed class GridRecipeTests : IDisposable
{
    private static readonly QuantizationRecipe Fp8 = new() { Method = "rtn", Bits = 8, Grid = "fp8-e4m3" };
    private static readonly QuantizationRecipe Nf4 = new() { Method = "rtn", Bits = 4, Grid = "nf4", GroupSize = 64 };
    private static readonly QuantizationRecipe MxFp4 = new() { Method = "rtn", Bits = 4, Grid = "mxfp4", GroupSize = 32 };

    private readonly SampleModel _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Real_bits_count_the_codes_and_the_scales_of_each_grid()
    {
        (int outputs, int inputs) = (128, 128);
        Assert.Equal(8 + (16.0 / inputs), BitsOfQuery(Fp8));
        Assert.Equal(8 + (16.0 / (outputs * inputs)), BitsOfQuery(Fp8 with { Granularity = "tensor" }));
        Assert.Equal(8 + (16.0 / 64), BitsOfQuery(Fp8 with { GroupSize = 64 }));
        Assert.Equal(4 + (16.0 / 64), BitsOfQuery(Nf4));
        Assert.Equal(4 + (8.0 / 32), BitsOfQuery(MxFp4));

        double BitsOfQuery(QuantizationRecipe quantize)
        {
            Scope one = Scope.All with { Include = ["model.layers.0.self_attn.q_proj"] };
            CompressionPlan plan = Compressor.Plan(_model.Dense, new Recipe(null, quantize with { Scope = one }), null);
            Assert.Equal((outputs, inputs), (plan.Layers[0].Layer.Outputs, plan.Layers[0].Layer.Inputs));
            return plan.BitsPerWeight;
        }
    }

    [Theory]
    [InlineData("fp8-e4m3", 8, null, 5e-4, 2e-3)]
    [InlineData("nf4", 4, 64, 2e-3, 2e-2)]
    [InlineData("mxfp4", 4, 32, 5e-3, 3e-2)]
    public void A_float_grid_is_written_and_read_back_and_its_pruned_weights_stay_zero(string grid, int bits, int? group, double least, double most)
    {
        QuantizationRecipe quantize = new() { Method = "rtn", Bits = bits, Grid = grid, GroupSize = group };
        CompressionOutcome alone = _model.Compress(new Recipe(null, quantize), "alone");
        Assert.All(alone.Layers, layer => Assert.InRange(layer.WeightError, least, most));
        CompressionOutcome joint = _model.Compress(new Recipe(SampleRecipes.Magnitude(0.5), quantize), "joint");
        Assert.Equal(0.5, joint.Sparsity, 9);
        Assert.Equal(1 - (bits / 32.0), joint.TheoreticalCompressionRate, 9);
        using Model candidate = Model.Open(_model.PathOf("joint"));
        Assert.NotNull(Compressor.ReadSidecar(candidate.Checkpoint));
    }

    [Fact]
    public void A_grid_of_floats_is_named_in_the_description()
    {
        Assert.Equal("quantise to nf4 by rtn, symmetric, group 64", Compressor.Plan(_model.Dense, new Recipe(null, Nf4), null).Description);
        Assert.Equal(
            "quantise to fp8-e4m3 by rtn, symmetric, per tensor",
            Compressor.Plan(_model.Dense, new Recipe(null, Fp8 with { Granularity = "tensor" }), null).Description);
    }

    [Fact]
    public void Settings_that_do_not_go_with_a_grid_are_refused_with_a_remedy()
    {
        Refused("GATE4100", Fp8 with { Bits = 4 });
        Refused("GATE4100", Nf4 with { Symmetric = false });
        Refused("GATE4100", Nf4 with { SymmetricRange = "full" });
        Refused("GATE4100", MxFp4 with { GroupSize = 64 });
        Refused("GATE4100", MxFp4 with { GroupSize = null });
        Refused("GATE4100", Fp8 with { Granularity = "tensor", GroupSize = 32 });
        Refused("GATE4003", Fp8 with { Grid = "fp9" });
        Refused("GATE4060", Nf4, CandidateLayout.CompressedTensors);
        Refused("GATE4060", new QuantizationRecipe { Method = "rtn", Bits = 8, Granularity = "tensor" }, CandidateLayout.Gptq);
    }

    private void Refused(string code, QuantizationRecipe quantize, CandidateLayout layout = CandidateLayout.Dense)
    {
        GateException exception = Assert.Throws<GateException>(() => Compressor.Plan(_model.Dense, new Recipe(null, quantize), null, layout));
        Assert.Equal(code, exception.Diagnostic.Code);
        Assert.Equal(ExitCode.InvalidUsage, exception.ExitCode);
        Assert.NotEmpty(exception.Diagnostic.Remedy!);
    }
}
