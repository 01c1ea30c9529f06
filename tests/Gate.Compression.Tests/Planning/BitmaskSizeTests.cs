using Gate.Compression.Planning;
using Gate.Compression.Recipes;
using Gate.Models.Blueprints;
using Gate.Models.Structure;
using Gate.Numerics.PackedWeights;

namespace Gate.Compression.Tests.Planning;

public sealed class BitmaskSizeTests
{
    [Fact]
    public void A_mask_over_a_quarter_of_zeros_at_four_bits_saves_nothing()
    {
        BitmaskSize size = BitmaskSize.Of([Pruned(1024, 4096, 4, 0.25)])!;
        Assert.Equal(1024 * 4096 / 8, size.SavedBytes);
        Assert.Equal((1024 * 4096 / 8) + (8 * 1024), size.MaskBytes);
        Assert.True(size.Change > 0);
    }

    [Theory]
    [InlineData(0.50, 4, 3.0)]
    [InlineData(0.75, 4, 2.0)]
    [InlineData(0.50, 16, 9.0)]
    [InlineData(0.25, 8, 7.0)]
    [InlineData(0.50, 3, 2.5)]
    public void Bits_per_weight_behind_a_mask_are_kept_bits_and_one_and_the_offsets(double sparsity, int bits, double expected)
    {
        BitmaskSize size = BitmaskSize.Of([Pruned(512, 2048, bits, sparsity)])!;
        double perWeight = bits + (8.0 * size.Change / (512 * 2048));
        Assert.Equal(expected + (64.0 / 2048), perWeight, 6);
    }

    [Fact]
    public void Masked_sixteen_bit_layers_have_the_bytes_of_the_sparse_bitmask_layout_in_any_shape()
    {
        Random random = new(5);
        for (int i = 0; i < 500; i++)
        {
            (int outputs, int inputs) = (random.Next(1, 50), random.Next(1, 70));
            int pruned = random.Next(1, (outputs * inputs) + 1);
            BitmaskSize size = BitmaskSize.Of([Pruned(outputs, inputs, 16, (double)pruned / (outputs * inputs))])!;
            int kept = (outputs * inputs) - pruned;
            long layout = (2L * kept) + (outputs * (Bitmask.BytesPerRow(inputs) + 8));
            long packed = 4L * outputs * ((inputs + 1) / 2);

            // Codes are counted in whole words.
            Assert.InRange(packed + size.Change - layout, 0, 3);
        }
    }

    [Fact]
    public void Layers_without_pruning_have_no_mask()
    {
        Assert.Null(BitmaskSize.Of([Pruned(64, 64, 4, 0)]));
        Assert.Equal(BitmaskSize.Of([Pruned(64, 64, 4, 0.5)]), BitmaskSize.Of([Pruned(64, 64, 4, 0), Pruned(64, 64, 4, 0.5)]));
    }

    [Fact]
    public void A_plan_counts_masks_as_the_layers_it_gives_do_and_only_where_they_save()
    {
        (LinearLayer wide, LinearLayer narrow) = (Layer(64, 4096), Layer(64, 64));
        PruningRecipe half = new() { Method = "magnitude", Sparsity = 0.5 }, pattern = new() { Method = "magnitude", Pattern = new NmPattern(2, 4) };
        QuantizationRecipe four = new() { Method = "rtn", Bits = 4 }, two = four with { Bits = 2 };

        Assert.Equal(BitmaskSize.Of([Pruned(64, 4096, 4, 0.5)])!.Change, BitmaskSize.LeastChange(Plan(new PlannedLayer(wide, half, four))));
        Assert.Equal(BitmaskSize.Of([Pruned(64, 4096, 16, 0.5)])!.Change, BitmaskSize.LeastChange(Plan(new PlannedLayer(wide, pattern, null))));

        // Two bits for each weight of a narrow layer: half of them do not pay a bit and the offset of the row.
        Assert.True(BitmaskSize.Of([Pruned(64, 64, 2, 0.5)])!.Change > 0);
        Assert.Equal(0, BitmaskSize.LeastChange(Plan(new PlannedLayer(narrow, half, two), new PlannedLayer(wide, null, four))));

        static LinearLayer Layer(int outputs, int inputs) => new("layer", "layer.weight", outputs, inputs, LinearRole.AttentionQuery, 0, "inputs");
        static CompressionPlan Plan(params PlannedLayer[] layers) => new(new Recipe(null, null), [.. layers], 0, 0, 0, "");
    }

    private static CompressedLayer Pruned(int outputs, int inputs, int bits, double sparsity) =>
        new(new LinearLayer("layer", "layer.weight", outputs, inputs, LinearRole.AttentionQuery, 0, "inputs"), bits, 0, sparsity, 0, null, null);
}
