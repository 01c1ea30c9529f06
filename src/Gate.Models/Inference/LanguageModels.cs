using Gate.Models.Engines;
using Gate.Models.Engines.Managed;
using Gate.Models.Runtime;
using Gate.Numerics.Threading;

namespace Gate.Models.Inference;

/// <summary>Loads models.</summary>
public static class LanguageModels
{
    /// <summary>What <see cref="ILanguageModel.Identity"/> of the loaded model would be; loads nothing.</summary>
    /// <param name="model">The model.</param>
    /// <param name="engine">The engine it would be loaded into.</param>
    /// <param name="weightsHash">The hash of its weights, when the caller knows it.</param>
    public static ModelIdentity Identify(Model model, EngineFactory engine, string? weightsHash = null) => new ModelDescription(model, engine.Identity, weightsHash).Identity;

    /// <summary>Loads a model into an engine.</summary>
    /// <param name="model">The model; must stay open as long as what is loaded lives.</param>
    /// <param name="options">Engine, threads and memory bounds.</param>
    /// <param name="weightsHash">What <see cref="Checkpoints.Checkpoint.ComputeWeightsHash"/> gives for the model, when the caller knows it; otherwise it is
    /// computed when <see cref="ILanguageModel.Identity"/> is first asked for.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: weights that are NaN or infinite.</exception>
    public static ILanguageModel Load(Model model, InferenceOptions options, string? weightsHash = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchTokens, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads.Count, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.KeyValueBytes, 1, nameof(options));
        IComputeEngine engine = options.Engine.Create(options.Threads);
        try
        {
            ModelRunner runner = new(model.Blueprint, new ModelWeights(model.Checkpoint), engine);
            return new LocalLanguageModel(new ModelDescription(model, options.Engine.Identity, weightsHash), runner, engine, options);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }
}

/// <summary>How an engine runs; of a bit-exact one none of it changes a bit of a result.</summary>
/// <param name="Threads">Threads of the kernels.</param>
/// <param name="BatchTokens">Most tokens of one forward pass.</param>
/// <param name="KeyValueBytes">Keys and values that generations decoded together may keep; a single generation may need more.</param>
public sealed record InferenceOptions(ComputeThreads Threads, int BatchTokens = 1024, long KeyValueBytes = 1L << 30)
{
    /// <summary>The engine.</summary>
    public EngineFactory Engine { get; init; } = ManagedEngineFactory.Instance;

    /// <summary>The managed engine on all cores, 1,024 tokens a pass, 1 GiB of keys and values.</summary>
    public static InferenceOptions Default { get; } = new(ComputeThreads.All);
}
