using System.Collections.Immutable;
using Gate.Compression;
using Gate.Core.Caching;
using Gate.Core.Configuration;
using Gate.Core.Pipeline.Planning;
using Gate.Core.Verdicts.Power;
using Gate.Core.Verdicts.SrCr;
using Gate.Models.Inference;

namespace Gate.Core.Pipeline;

/// <summary>What a run would do, found out without a forward pass.</summary>
/// <param name="Compression">What becomes of the model.</param>
/// <param name="Tasks">The questions of each task.</param>
/// <param name="Seconds">About how long the questions without kept answers take.</param>
/// <param name="Power">Whether the suite can decide each threshold.</param>
public sealed record RunForecast(
    CompressionForecast Compression, ImmutableArray<TaskForecast> Tasks, double Seconds, ImmutableArray<PowerForecast> Power)
{
    // Measured on small models: a processor core does about this many multiplications and additions a second on the projections of a prompt.
    private const double OperationsPerCoreSecond = 1.2e10;

    // Characters of English text per token of common vocabularies.
    private const double CharactersPerToken = 4;

    /// <summary>Resolves, hashes and checks everything a run would, and predicts the rest.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 2 or 4: what the run itself would refuse before any work.</exception>
    public static RunForecast Of(GateConfiguration configuration, RunContext context)
    {
        using PreparedRun prepared = PreparedRun.Of(configuration, context, leavesFolders: false);
        (JudgedModel dense, CompressionPlan plan, ImmutableArray<AskedTask> tasks, MemoryForecast memory) = prepared;
        ModelIdentity? candidate = context.Candidates.Find(CandidateMaking.KeyOf(dense, plan));
        ImmutableArray<TaskForecast> forecasts = [.. tasks.Select(task => new TaskForecast(
            task.Definition.Name, task.Items.Length, task.Excluded.Length, Kept(context, dense.Identity, task), candidate is null ? 0 : Kept(context, candidate, task)))];
        var measures = new CompressionMeasures(plan.TheoreticalCompressionRate, null, null);
        return new RunForecast(
            CompressionForecast.Of(context, dense, plan, memory), forecasts, Duration(dense, tasks, forecasts, context),
            PowerCheck.Forecast(configuration, tasks, measures));
    }

    private static int Kept(RunContext context, ModelIdentity model, AskedTask task)
    {
        using ItemResultEntries entries = context.Items.Open(model, task.Definition);
        return task.Items.Count(item => entries.Find(item) is not null);
    }

    // Two operations a parameter and token; the share of unanswered questions counts, whichever they are.
    private static double Duration(JudgedModel dense, ImmutableArray<AskedTask> tasks, ImmutableArray<TaskForecast> forecasts, RunContext context)
    {
        double parameters = dense.Checkpoint.Tensors.Sum(tensor => (double)tensor.ElementCount);
        double tokens = 0;
        foreach ((AskedTask task, TaskForecast forecast) in tasks.Zip(forecasts))
        {
            double all = task.Items.Sum(item => item.Tokens.Length > 0 ? item.Tokens.Length : (item.Prompt.Length / CharactersPerToken) + 1 + (task.Definition.AnswerCharacters(item) / CharactersPerToken));
            tokens += all * ((2.0 * task.Items.Length) - forecast.DenseKept - forecast.CandidateKept) / task.Items.Length;
        }

        return 2 * parameters * tokens / (OperationsPerCoreSecond * context.Threads.Count);
    }
}

/// <summary>The questions of one task.</summary>
/// <param name="Name">Task name.</param>
/// <param name="Items">Questions that would be asked.</param>
/// <param name="Excluded">Questions that cannot be put to this model.</param>
/// <param name="DenseKept">Answers of the dense model that are kept.</param>
/// <param name="CandidateKept">Answers of the candidate that are kept.</param>
public sealed record TaskForecast(string Name, int Items, int Excluded, int DenseKept, int CandidateKept);
