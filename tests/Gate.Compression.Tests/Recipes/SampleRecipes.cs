using Gate.Compression.Recipes;

namespace Gate.Compression.Tests.Recipes;

internal static class SampleRecipes
{
    public static PruningRecipe Magnitude(double sparsity, string granularity = "layer") =>
        new() { Method = "magnitude", Sparsity = sparsity, Granularity = granularity };

    public static QuantizationRecipe Rtn(int bits, int? groupSize = 32) => new() { Method = "rtn", Bits = bits, GroupSize = groupSize };

    public static Recipe Joint(double sparsity, int bits) => new(Magnitude(sparsity), Rtn(bits));
}
