using System.Collections.Immutable;
using System.Globalization;
using Gate.Compression.Recipes;
using Gate.Core.Verdicts.Statistics;
using Gate.Results;

namespace Gate.Core.Sweeps;

/// <summary>
/// Does pruning and quantising beat quantising alone? Pairs of recipes over all layers that are equal in TCr or in real bytes, and each joint recipe whose zeros a mask would
/// store away beside the quantised one nearest to its bits with that mask, held against each other on the same questions.
/// </summary>
internal static class JointComparison
{
    // How far apart, in bits per weight, a joint recipe behind a mask and a quantised one may be to be shown beside each other.
    private const double Nearest = 0.5;

    private const double SameBits = 1e-9;

    public static ImmutableArray<SweepComparison> Of(IReadOnlyList<SweepCandidate> candidates)
    {
        SweepCandidate[] all = [.. candidates.Where(candidate => candidate.Cell is { Scope: ScopeKind.All, Planned: null })];
        SweepCandidate[] quantized = [.. all.Where(candidate => candidate.Cell.Sparsity == 0)];
        var comparisons = ImmutableArray.CreateBuilder<SweepComparison>();
        foreach (SweepCandidate joint in all.Where(candidate => candidate.Cell is { Sparsity: > 0, Bits: < 16 }))
        {
            SweepCandidate[] alike = [.. quantized.Where(alone => joint.Cell.Methods.EndsWith(alone.Cell.Methods, StringComparison.Ordinal))];
            foreach (SweepCandidate alone in alike)
            {
                double rates = Math.Abs(joint.Cell.Plan.TheoreticalCompressionRate - alone.Cell.Plan.TheoreticalCompressionRate);
                if (rates < 1e-9)
                    comparisons.Add(Compare("TCr", joint, alone));
                if (joint.Cell.Plan.PackedBytes == alone.Cell.Plan.PackedBytes)
                    comparisons.Add(Compare("real bytes", joint, alone));
            }

            if (joint.Cell.MaskedBits < joint.Cell.Plan.BitsPerWeight && alike.MinBy(Distance) is { } nearest && Distance(nearest) <= Nearest)
                comparisons.Add(Masked(Compare("real bits with a mask", joint, nearest), joint.Cell.MaskedBits, nearest.Cell.Plan.BitsPerWeight));

            double Distance(SweepCandidate alone) => Math.Abs(joint.Cell.MaskedBits - alone.Cell.Plan.BitsPerWeight);
        }

        return comparisons.ToImmutable();
    }

    // Sizes behind a mask are seldom equal: what is better only while it is larger has not won.
    private static SweepComparison Masked(SweepComparison comparison, double joint, double alone)
    {
        bool larger = (comparison.Winner == "joint" && joint > alone + SameBits) || (comparison.Winner == "quantised" && alone > joint + SameBits);
        string sizes = string.Create(CultureInfo.InvariantCulture, $"{joint:0.###} real bits against {alone:0.###}");
        return comparison with
        {
            Winner = larger ? "neither" : comparison.Winner,
            Evidence = $"{sizes}{(larger ? ", the better one is larger" : "")}; {comparison.Evidence}",
        };
    }

    private static SweepComparison Compare(string equal, SweepCandidate joint, SweepCandidate alone)
    {
        if (joint.Right is { } first && alone.Right is { } second)
        {
            int items = 0, firstOnly = 0, secondOnly = 0;
            foreach ((var question, bool right) in first)
            {
                // One that was dropped on the way was asked a part of the questions: both are compared on that part.
                if (!second.TryGetValue(question, out bool other))
                    continue;
                items++;
                firstOnly += right && !other ? 1 : 0;
                secondOnly += other && !right ? 1 : 0;
            }

            Interval interval = PairedDifferenceIntervals.Tango(firstOnly, secondOnly, items, 0.95);
            string winner = interval.Lower > 0 ? "joint" : interval.Upper < 0 ? "quantised" : "neither";
            return new SweepComparison(
                equal, joint.Cell.Name, alone.Cell.Name, new Estimate((double)(firstOnly - secondOnly) / items, interval.Lower, interval.Upper), winner,
                $"{firstOnly} right only by the joint recipe, {secondOnly} only by quantisation, of {items} questions");
        }

        if (joint.Divergence is { } a && alone.Divergence is { } b)
        {
            string winner = a.Upper < b.Lower ? "joint" : b.Upper < a.Lower ? "quantised" : "neither";
            return new SweepComparison(equal, joint.Cell.Name, alone.Cell.Name, null, winner, string.Create(
                CultureInfo.InvariantCulture, $"KL {a.Mean:0.####} [{a.Lower:0.####}, {a.Upper:0.####}] joint, {b.Mean:0.####} [{b.Lower:0.####}, {b.Upper:0.####}] quantised; one of them was dropped before the search split"));
        }

        return new SweepComparison(equal, joint.Cell.Name, alone.Cell.Name, null, "neither", "one of them was dropped by weight error");
    }
}
