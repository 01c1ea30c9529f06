using System.Collections.Immutable;
using Gate.Compression;
using Gate.Core.Configuration;
using Gate.Core.Pipeline.Planning;
using Gate.Core.Verdicts.SrCr;

namespace Gate.Core.Pipeline;

/// <summary>What is found out of a run before any work: everything that can refuse it without a forward pass of the questions. The run, a part of one and the dry run refuse the same.</summary>
/// <param name="Dense">The open dense model.</param>
/// <param name="Plan">What becomes of it.</param>
/// <param name="Tasks">What is asked.</param>
/// <param name="Memory">What it takes.</param>
internal sealed record PreparedRun(JudgedModel Dense, CompressionPlan Plan, ImmutableArray<AskedTask> Tasks, MemoryForecast Memory) : IDisposable
{
    /// <summary>Resolves and checks everything.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="context">The run.</param>
    /// <param name="leavesFolders">Whether folders of outputs that were made for the check stay; a dry run leaves none.</param>
    /// <exception cref="Diagnostics.GateException">Exit 2 or 4.</exception>
    public static PreparedRun Of(GateConfiguration configuration, RunContext context, bool leavesFolders = true)
    {
        GateRun.Check(configuration);
        GateRun.CheckOutputs(configuration, context, withCandidate: true, leavesFolders);
        GateRun.ReadBaseline(configuration);
        JudgedModel dense = JudgedModel.Open(context, configuration.Model!, configuration.Places);
        try
        {
            CompressionPlan plan = GateRun.PlanOf(configuration, context, dense);
            MemoryForecast memory = MemoryForecast.Of(configuration, dense, plan);
            ImmutableArray<AskedTask> tasks = GateRun.LoadTasks(configuration, context, dense);

            // Parts are judged together: what the whole suite cannot decide is refused before the work of any part.
            PowerCheck.Tell(configuration, context, tasks, new CompressionMeasures(plan.TheoreticalCompressionRate));
            CalibrationOverlap.Check(context, plan, tasks, dense.Tokenizer!);
            return new PreparedRun(dense, plan, tasks, memory);
        }
        catch
        {
            dense.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Dense.Dispose();
}
