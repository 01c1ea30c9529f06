using System.Collections.Immutable;
using Gate.Compression;
using Gate.Core.Configuration;
using Gate.Models.Structure;

namespace Gate.Core.Pipeline;

/// <summary>What compression would do, found out without touching a weight.</summary>
/// <param name="DenseWeightsHash">The dense model's weights.</param>
/// <param name="Plan">The plan, which meets the budget.</param>
/// <param name="Untouched">Linear layers the plan leaves alone.</param>
/// <param name="CandidateIsKept">Whether an earlier run of the same plan is remembered, so that the candidate need not be made.</param>
/// <param name="Memory">How much memory it takes at most.</param>
public sealed record CompressionForecast(
    string DenseWeightsHash, CompressionPlan Plan, ImmutableArray<LinearLayer> Untouched, bool CandidateIsKept, MemoryForecast Memory)
{
    /// <summary>Resolves and checks everything compression would.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 2 or 4: what compression itself would refuse before any work.</exception>
    public static CompressionForecast Of(GateConfiguration configuration, RunContext context)
    {
        using JudgedModel dense = JudgedModel.Open(context, GateRun.RequireModel(configuration));
        CompressionPlan plan = GateRun.PlanOf(configuration, context, dense);
        return Of(context, dense, plan, MemoryForecast.OfCompression(configuration, dense, plan));
    }

    /// <summary>The same of a plan that was made.</summary>
    internal static CompressionForecast Of(RunContext context, JudgedModel dense, CompressionPlan plan, MemoryForecast memory)
    {
        HashSet<string> planned = [.. plan.Layers.Select(layer => layer.Layer.Name)];
        return new CompressionForecast(
            dense.WeightsHash, plan, [.. dense.Model.LinearLayers.Where(layer => !planned.Contains(layer.Name))],
            context.Candidates.Find(CandidateMaking.KeyOf(dense, plan)) is not null, memory);
    }
}
