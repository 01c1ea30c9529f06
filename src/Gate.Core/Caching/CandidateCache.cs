using System.Text.Json;
using Gate.Compression;
using Gate.Models.Inference;

namespace Gate.Core.Caching;

/// <summary>Remembers which weights a plan gives on a dense model, so that a candidate that is still on disk is not made again.</summary>
/// <param name="store">The cache, or null to remember nothing.</param>
public sealed class CandidateCache(CacheStore? store)
{
    // Compression is deterministic for one build of it.
    private static readonly string Build = ContentHash.Of(
        [.. new[] { typeof(Compressor), typeof(Models.Checkpoints.Checkpoint), typeof(Numerics.NumericsRevision) }.Select(type => type.Module.ModuleVersionId.ToString("N"))]);

    /// <summary>The key of a plan on a dense model.</summary>
    /// <param name="dense">Hash of the dense weights.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="engine">The engine that calibrates, or an empty text.</param>
    /// <param name="calibrationHash">Hash of the calibration data, or an empty text.</param>
    public static string KeyOf(string dense, CompressionPlan plan, string engine, string calibrationHash) => ContentHash.Of(
        ["gate candidate 2", Build, dense, engine, calibrationHash, plan.Description, $"{plan.Layout}", $"{plan.TheoreticalCompressionRate:R}",
         plan.Recipe.Smooth?.ToString() ?? "",
         Step(plan.Recipe.Calibration is { } calibration ? calibration with { Data = "" } : null),
         .. plan.Layers.SelectMany(planned => new[] { planned.Layer.Name, Step(planned.Prune), Step(planned.Quantize) })]);

    /// <summary>The identity of the candidate a key gave, or null when it is not known.</summary>
    public ModelIdentity? Find(string key)
    {
        if (store is null)
            return null;
        using Journal journal = Open(key);
        foreach (string line in journal.Read().Lines)
        {
            KeptCandidate? kept;
            try
            {
                kept = JsonSerializer.Deserialize(line, CacheJson.Default.KeptCandidate);
            }
            catch (JsonException)
            {
                continue;
            }

            if (kept is not null && kept.Key == key)
                return kept.Candidate;
        }

        return null;
    }

    /// <summary>Remembers the candidate a key gave.</summary>
    public void Remember(string key, ModelIdentity candidate)
    {
        if (store is null || Find(key) == candidate)
            return;
        using Journal journal = Open(key);
        journal.TryAppend(JsonSerializer.Serialize(new KeptCandidate(key, candidate), CacheJson.Default.KeptCandidate));
    }

    private static string Step(Compression.Recipes.CalibrationRecipe? step) => step?.ToString() ?? "";

    // Every setting of a step by its record's own text, so that none added later is forgotten; the scope is spelt out by the list of layers.
    private static string Step(Compression.Recipes.PruningRecipe? step) =>
        step is null ? "" : (step with { Scope = Compression.Recipes.Scope.All }).ToString();

    private static string Step(Compression.Recipes.QuantizationRecipe? step) =>
        step is null ? "" : (step with { Scope = Compression.Recipes.Scope.All }).ToString();

    private Journal Open(string key) => store!.Open("candidates", key[..32]);
}

/// <summary>One line of the candidate journal.</summary>
internal sealed record KeptCandidate(string Key, ModelIdentity Candidate);
