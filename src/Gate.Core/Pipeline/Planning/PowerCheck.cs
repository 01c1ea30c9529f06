using System.Collections.Immutable;
using Gate.Core.Caching;
using Gate.Core.Configuration;
using Gate.Core.Pipeline.EarlyStopping;
using Gate.Core.Verdicts.Power;
using Gate.Core.Verdicts.SrCr;
using Gate.Diagnostics;
using Gate.Evaluation.Tasks;

namespace Gate.Core.Pipeline.Planning;

/// <summary>Says before the work whether the suite can decide each threshold, and refuses one that cannot when that is asked for.</summary>
internal static class PowerCheck
{
    /// <summary>One forecast per threshold. Dense scores come from kept answers where all of a task's are there, else from the prior.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="context">The run.</param>
    /// <param name="dense">The dense model.</param>
    /// <param name="tasks">The tasks with their items.</param>
    /// <param name="compression">Planned compression for SrCr, or null.</param>
    public static ImmutableArray<PowerForecast> Forecast(
        GateConfiguration configuration, RunContext context, JudgedModel dense, ImmutableArray<AskedTask> tasks, CompressionMeasures? compression) =>
        Forecast(configuration, tasks, compression, task => KeptScore(context, dense, task));

    /// <summary>Tells the forecasts. A refusal rests on the suite and the configuration alone, never on answers of an earlier run: the same inputs are
    /// refused always or never.</summary>
    /// <exception cref="GateException">Exit 2: <c>decision.requirePower</c> is on and a threshold cannot be decided.</exception>
    public static void Tell(
        GateConfiguration configuration, RunContext context, JudgedModel dense, ImmutableArray<AskedTask> tasks, CompressionMeasures? compression)
    {
        ImmutableArray<PowerForecast> forecasts = Forecast(configuration, context, dense, tasks, compression);
        foreach (PowerForecast forecast in forecasts)
            context.Progress?.Report(new RunTold($"{forecast.Outlook} {forecast.Sentence}"));
        if (!configuration.RequirePower)
            return;
        if (Forecast(configuration, tasks, compression, _ => null).FirstOrDefault(forecast => forecast is { IsPlanned: true, CanResolve: false }) is { } weak)
        {
            throw GateException.Usage(
                "GATE2030", $"the suite can hardly decide {weak.Sentence}", configuration.Thresholds.First(threshold => threshold.Key == weak.Key).Location,
                "ask more items (suite.limit, suite.tasks), choose a limit the suite can show, or set decision.requirePower to false to run it all the same");
        }
    }

    private static ImmutableArray<PowerForecast> Forecast(
        GateConfiguration configuration, ImmutableArray<AskedTask> tasks, CompressionMeasures? compression, Func<AskedTask, double?> denseScore) =>
        PowerPlan.Forecast(
            [.. tasks.Select(task => new PlannedTask(
                task.Definition.Name, task.Definition.Kind == TaskKind.Perplexity, task.Items.Length,
                task.Items.Select(EarlyOrder.ClusterOf).Distinct(StringComparer.Ordinal).Count(),
                task.Items.Average(item => item.Chance), denseScore(task),
                SuiteWeight: configuration.Suite.Weights.GetValueOrDefault(task.Definition.Name, 1)))],
            configuration.Thresholds, configuration.Decision, compression);

    private static double? KeptScore(RunContext context, JudgedModel dense, AskedTask task)
    {
        if (context.CacheFolder is null || task.Definition.Kind == TaskKind.Perplexity || dense.KnownIdentity is not { } identity)
            return null;
        using ItemResultEntries entries = context.Items.Open(identity, task.Definition);
        ItemResult?[] kept = [.. task.Items.Select(entries.Find)];
        return kept.Any(result => result is null) ? null : kept.Average(result => result!.Invalid || !(result.Score >= 0 && result.Score <= 1) ? 0 : result.Score);
    }
}
