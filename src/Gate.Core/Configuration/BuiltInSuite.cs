using System.Collections.Immutable;
using Gate.Compression.Recipes;
using Gate.Core.Verdicts;

namespace Gate.Core.Configuration;

/// <summary>What is used where the configuration is silent.</summary>
public static class BuiltInSuite
{
    /// <summary>The built-in suite.</summary>
    public static ImmutableArray<string> Tasks { get; } = ["lama", "factoid-qa", "mcqa", "incontext-qa", "perplexity"];

    /// <summary>The threshold in force when a configuration names none: 95 % of the knowledge.</summary>
    public static ImmutableArray<Threshold> Thresholds { get; } = [new Threshold("thresholds.retention", "retention", null, 0.95, null)];

    /// <summary>The recipe used for a model folder without a configuration: 25 % magnitude pruning and 4-bit rounding, TCr 81.25 %.</summary>
    public static Recipe Recipe { get; } = new(
        new PruningRecipe { Method = "magnitude", Sparsity = 0.25 }, new QuantizationRecipe { Method = "rtn", Bits = 4, GroupSize = 32 });
}
