using System.Collections.Immutable;
using System.Globalization;
using Gate.Compression;
using Gate.Compression.Planning.Search;

namespace Gate.Core.Planning;

/// <summary>What planning came to.</summary>
/// <param name="Plan">The plan that ships.</param>
/// <param name="Gap">How far the solver's plan can be from the least predicted harm, as a share of it.</param>
/// <param name="Measure">Name of the error that was minimised.</param>
/// <param name="Shipped">The plan that ships with its trial, or null when nothing could be tried.</param>
/// <param name="Tried">The solver's plan first, then the uniform recipes it was held against.</param>
/// <param name="Agreement">Rank correlation of predicted harm and measured divergence over the tried plans, or null.</param>
public sealed record PlannedRecipe(
    CompressionPlan Plan, double Gap, string Measure, TriedPlan? Shipped, ImmutableArray<TriedPlan> Tried, double? Agreement)
{
    /// <summary>In a few sentences for people.</summary>
    public string Summary
    {
        get
        {
            string gap = Gap == 0 ? "solved exactly" : string.Create(CultureInfo.InvariantCulture, $"optimality gap at most {Gap * 100:0.###} %");
            if (Shipped is null)
                return $"{Plan.Description} ({gap} on the {Measure}; the model has no tokenizer, so the plan was not held against uniform recipes)";
            TriedPlan own = Tried[0];
            TriedPlan? rival = Tried.Skip(1).MinBy(plan => plan.Divergence.Mean);
            string held = rival is null
                ? "no uniform recipe meets the budget"
                : $"best uniform recipe ({rival.Solved.Choices[0].Option}): KL {Text(rival.Divergence.Mean)}";
            string which = Shipped.IsUniform ? "the uniform recipe ships" : "the planned recipe ships";
            string agreement = Agreement is { } rank ? string.Create(CultureInfo.InvariantCulture, $"; rank correlation of prediction and KL over {Tried.Length} plans {rank:0.00}") : "";
            return $"{Plan.Description} ({gap} on the {Measure}; planned: KL {Text(own.Divergence.Mean)}, {held}, over {own.Divergence.Tokens} tokens: {which}{agreement})";
        }
    }

    private static string Text(double value) => value.ToString("0.#####", CultureInfo.InvariantCulture);
}

/// <summary>A plan that was made and measured.</summary>
/// <param name="Solved">The plan and its prediction.</param>
/// <param name="IsUniform">Whether it treats all units alike by construction.</param>
/// <param name="Divergence">What was measured.</param>
public sealed record TriedPlan(SolvedPlan Solved, bool IsUniform, Divergence Divergence);
