using System.Collections.Immutable;
using Gate.Compression.Recipes;
using Gate.Diagnostics;
using Gate.Models;
using Gate.Models.Calibration;
using Gate.Models.Structure;

namespace Gate.Compression.Removal;

/// <summary>
/// Chooses the blocks and experts that go, on the dense model. Blocks by block influence (Men et al., 2024, "ShortGPT"): 1 − the mean cosine of what enters and
/// leaves one. Experts by router-weighted activation (REAP; Lasby et al., 2025): the mean over the tokens that reach one of its router weight times the norm of
/// its output. The least go; of equal ones those that stand first.
/// </summary>
internal static class RemovalChoice
{
    /// <summary>How many experts of a block a share is.</summary>
    public static int ExpertsOf(double share, int experts) => (int)Math.Round(share * experts, MidpointRounding.AwayFromZero);

    /// <summary>A choice that has the shapes of any other, made without looking at a weight.</summary>
    public static RemovedParts OfShapes(RemovalRecipe recipe, Model dense)
    {
        IReadOnlyDictionary<int, int> experts = dense.ExpertsOfBlocks;
        Check(recipe, dense, experts);
        return RemovedParts.OfFirst(recipe.Blocks, experts.Count == 0 ? 0 : ExpertsOf(recipe.Experts, experts.Values.First()), experts.Keys);
    }

    /// <summary>Makes the choice.</summary>
    /// <param name="recipe">How much goes.</param>
    /// <param name="dense">The dense model.</param>
    /// <param name="windows">Calibration windows.</param>
    /// <param name="options">Threads and bounds.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    public static RemovedParts Of(RemovalRecipe recipe, Model dense, int[][] windows, ActivationOptions options, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<int, int> experts = dense.ExpertsOfBlocks;
        Check(recipe, dense, experts);
        using ActivationStream stream = ActivationStream.Open(dense, windows, options, cancellationToken);
        double[] influence = new double[stream.BlockCount];
        Dictionary<int, ExpertScores> scores = [];
        while (stream.Block < stream.BlockCount)
        {
            int block = stream.Block;
            if (recipe.Experts > 0 && experts.TryGetValue(block, out int count))
            {
                ExpertScores seen = new(count);
                stream.ObserveExperts(seen.Add, cancellationToken);
                scores.Add(block, seen);
            }

            if (recipe.Blocks == 0)
            {
                stream.Advance(cancellationToken: cancellationToken);
                continue;
            }

            // What enters the block is kept as the stream keeps it: in memory up to the limit, beyond it in a file.
            using ActivationStream entering = stream.Fork();
            stream.Advance(cancellationToken: cancellationToken);
            influence[block] = 1 - windows.SelectMany((_, window) => Cosines(entering.ReadResidual(window), stream.ReadResidual(window), stream.Width)).Average();
        }

        ImmutableArray<int> blocks = [.. Least(influence, recipe.Blocks)];
        return new(
            blocks,
            scores.Where(pair => !blocks.Contains(pair.Key)).ToImmutableSortedDictionary(
                pair => pair.Key, pair => Least(pair.Value.Means(), ExpertsOf(recipe.Experts, pair.Value.Count)).ToImmutableArray()));
    }

    private static void Check(RemovalRecipe recipe, Model dense, IReadOnlyDictionary<int, int> experts)
    {
        if (recipe.Experts > 0 && experts.Count == 0)
            throw Refusal($"the model of the family {dense.Family} has no experts");
        if (recipe.Experts > 0 && ExpertsOf(recipe.Experts, experts.Values.First()) is var gone && (gone == 0 || gone == experts.Values.First()))
            throw Refusal($"{recipe.Experts:R} of {experts.Values.First()} experts are {gone}; expected at least one that goes and one that stays");
        int blocks = dense.LinearLayers.Max(layer => layer.LastBlock) + 1;
        if (recipe.Blocks >= blocks)
            throw Refusal($"expected fewer than the model's {blocks} blocks, found {recipe.Blocks}");
    }

    private static GateException Refusal(string reason) => GateException.Usage(
        "GATE4162", $"recipe.remove: {reason}.", remedy: "Change recipe.remove, or leave it out.");

    private static IEnumerable<int> Least(double[] scores, int count) =>
        Enumerable.Range(0, scores.Length).OrderBy(index => scores[index]).ThenBy(index => index).Take(count).Order();

    private static IEnumerable<double> Cosines(float[] before, float[] after, int width)
    {
        for (int start = 0; start < before.Length; start += width)
        {
            double product = 0, left = 0, right = 0;
            for (int i = start; i < start + width; i++)
            {
                product += (double)before[i] * after[i];
                left += (double)before[i] * before[i];
                right += (double)after[i] * after[i];
            }

            yield return left == 0 || right == 0 ? 0 : product / Math.Sqrt(left * right);
        }
    }
}
