using System.Security.Cryptography;
using Gate.Compression;
using Gate.Compression.Recipes;
using Gate.Core.Caching;
using Gate.Core.Configuration;
using Gate.Diagnostics;

namespace Gate.Core.Pipeline;

/// <summary>Makes the candidate, or finds it on disk as an earlier run of the same plan left it.</summary>
public static class CandidateMaking
{
    /// <summary>The key under which the candidate of a plan is remembered.</summary>
    /// <param name="dense">The dense model.</param>
    /// <param name="plan">The plan.</param>
    public static string KeyOf(JudgedModel dense, CompressionPlan plan) => CandidateCache.KeyOf(dense.WeightsHash, plan, plan.Recipe.Calibration is null ? "" : dense.Engine, HashOf(plan.Recipe.Calibration));

    /// <summary>Compresses into the configured folder; returns what was done and the key to remember the candidate under.</summary>
    /// <param name="context">The run.</param>
    /// <param name="dense">The dense model.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="output">The candidate's folder.</param>
    /// <param name="memory">Most bytes of memory it may take, or null.</param>
    /// <exception cref="GateException">Exit 2 (GATE4140): the limit is too small. Otherwise as <see cref="Compressor"/>.</exception>
    public static (CompressionOutcome Outcome, string Key) Make(RunContext context, JudgedModel dense, CompressionPlan plan, NamedPath output, long? memory)
    {
        (CompressionOutcome Outcome, string Key) made = MakeOrReuse(context, dense, plan, output, memory);
        foreach (CompressionWarning warning in made.Outcome.Warnings)
            context.Note(warning.Code, Severity.Warning, warning.Message);
        return made;
    }

    private static (CompressionOutcome Outcome, string Key) MakeOrReuse(
        RunContext context, JudgedModel dense, CompressionPlan plan, NamedPath output, long? memory) =>
        context.Phase("compress", $"compressing: {plan.Description}", () =>
        {
            string key = KeyOf(dense, plan);
            if (Reuse(context, key, output) is { } unchanged)
                return ((unchanged, key), $"candidate unchanged in {output.Portable}, not made again");
            int done = 0, kept = 0;
            (long activations, int batch) = MemoryForecast.Compressing(dense, plan, memory).Within(memory);
            CompressionOptions options = new(context.Threads)
            {
                Engine = context.Engine,
                ActivationBytes = activations,
                BatchTokens = batch,
                ResumptionKey = key,
                Resumed = layers => kept = layers,
                Progress = new Synchronous(_ => context.Progress?.Report(new PhaseProgress("compress", "layers", ++done, plan.Layers.Length))),
            };
            CompressionOutcome outcome = Compressor.Compress(dense.Model, plan, output.Full, options, context.CancellationToken);
            string resumed = kept == 0 ? "" : $", {kept} of them kept from an interrupted compression";
            return ((outcome, key), $"candidate written to {output.Portable}: {outcome.Layers.Length} layers{resumed}, TCr {outcome.TheoreticalCompressionRate:0.0000}");
        });

    // The folder must hold exactly the weights, configuration and tokenizer that this plan gave before, with a sidecar that vouches for them.
    private static CompressionOutcome? Reuse(RunContext context, string key, NamedPath output)
    {
        if (context.Candidates.Find(key) is not { } expected || !File.Exists(Path.Combine(output.Full, "config.json")))
            return null;
        try
        {
            using JudgedModel candidate = JudgedModel.Open(context, output);
            if (candidate.WeightsHash != expected.WeightsHash)
                return null;
            return candidate.Identity == expected && Compressor.ReadSidecar(candidate.Checkpoint) is { } sidecar && sidecar.CandidateWeightsHash == expected.WeightsHash
                ? sidecar
                : null;
        }
        catch (GateException exception)
        {
            context.Detail($"the candidate in {output.Portable} is made anew: {exception.Diagnostic.Message}");
            return null;
        }
    }

    /// <summary>Hash of calibration data, or an empty text when there are none.</summary>
    internal static string HashOf(CalibrationRecipe? calibration) =>
        calibration is not null && File.Exists(calibration.Data) ? Convert.ToHexStringLower(SHA256.HashData(RegularFile.ReadAllBytes(calibration.Data))) : "";

    // System.Progress posts to a thread pool; counts must come in order.
    private sealed class Synchronous(Action<string> report) : IProgress<string>
    {
        public void Report(string value) => report(value);
    }
}
