using System.Collections.Immutable;
using Gate.Core.Configuration;
using Gate.Core.Pipeline.EarlyStopping;
using Gate.Core.Verdicts.EarlyStopping;
using Gate.Core.Verdicts.Power;
using Gate.Core.Verdicts.SrCr;
using Gate.Diagnostics;

namespace Gate.Core.Pipeline.Planning;

/// <summary>
/// Says before the work whether the suite can decide each threshold, and refuses one that cannot. One computation from the suite and the configuration alone: the dry run,
/// the first lines of a run and the refusal say the same, and the same inputs are refused always or never, whatever an earlier run left in the cache.
/// </summary>
internal static class PowerCheck
{
    /// <summary>One forecast per threshold, in configuration order.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="tasks">The tasks with their items.</param>
    /// <param name="compression">Planned compression for SrCr, or null.</param>
    public static ImmutableArray<PowerForecast> Forecast(
        GateConfiguration configuration, ImmutableArray<AskedTask> tasks, CompressionMeasures? compression) =>
        PowerPlan.Forecast(
            [.. tasks.Select(task => new PlannedTask(
                task.Definition.Name, task.Definition.Measure.IsLoss,
                task.Items.CountBy(item => EarlyOrder.ClusterOf(task, item), StringComparer.Ordinal).ToImmutableDictionary(StringComparer.Ordinal), task.Items.Average(item => item.Chance),
                SuiteWeight: configuration.Suite.Weights.GetValueOrDefault(task.Definition.Name, 1)))],
            configuration.Thresholds, configuration.Decision, compression,
            early: configuration.EarlyStop && EarlyRules.Of(configuration.Thresholds, tasks) is not null ? new EarlyStoppingOptions() : null);

    /// <summary>Tells the forecasts.</summary>
    /// <exception cref="GateException">Exit 2: <c>decision.requirePower</c> is on and a threshold cannot be decided.</exception>
    public static void Tell(GateConfiguration configuration, RunContext context, ImmutableArray<AskedTask> tasks, CompressionMeasures? compression)
    {
        ImmutableArray<PowerForecast> forecasts = Forecast(configuration, tasks, compression);
        foreach (PowerForecast forecast in forecasts)
            context.Progress?.Report(new RunTold($"{forecast.Outlook} {forecast.Sentence}"));
        if (configuration.RequirePower && forecasts.FirstOrDefault(forecast => forecast is { IsPlanned: true, CanResolve: false }) is { } weak)
        {
            throw GateException.Usage(
                "GATE2030", $"the suite can hardly decide {weak.Sentence}", configuration.Thresholds.First(threshold => threshold.Key == weak.Key).Location,
                "ask more items (suite.limit, suite.tasks), choose a limit the suite can show, or set decision.requirePower to false to run it all the same");
        }
    }
}
