using Gate.Models.Architectures;
using Gate.Models.Checkpoints;
using Gate.Models.Inference.Engine;
using Gate.Models.Inference.Engine.Managed;
using Gate.Numerics.Threading;

namespace Gate.Models.Inference;

/// <summary>Opens models.</summary>
public static class LanguageModels
{
    /// <summary>What <see cref="ILanguageModel.Identity"/> of the loaded model would be; loads nothing.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="weightsHash">The hash of its weights, when the caller knows it.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: unknown family, missing tensors or wrong shapes.</exception>
    public static ModelIdentity Identify(Checkpoint checkpoint, string? weightsHash = null)
    {
        IArchitecture architecture = ArchitectureRegistry.Find(checkpoint.Configuration);
        architecture.Describe(checkpoint.Configuration).Check(checkpoint);
        return new ModelDescription(checkpoint, architecture, ManagedEngine.EngineName, weightsHash).Identity;
    }

    /// <summary>Loads a checkpoint into the managed CPU engine.</summary>
    /// <param name="checkpoint">The checkpoint; must stay open as long as the model lives.</param>
    /// <param name="options">Threads and memory bounds.</param>
    /// <param name="weightsHash">What <see cref="Checkpoint.ComputeWeightsHash"/> gives for the checkpoint, when the caller knows it; otherwise it is
    /// computed when <see cref="ILanguageModel.Identity"/> is first asked for.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: unknown family, missing tensors, wrong shapes, or weights that are NaN or infinite.</exception>
    public static ILanguageModel Load(Checkpoint checkpoint, InferenceOptions options, string? weightsHash = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchTokens, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads.Count, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.KeyValueBytes, 1, nameof(options));
        IArchitecture architecture = ArchitectureRegistry.Find(checkpoint.Configuration);
        architecture.Describe(checkpoint.Configuration).Check(checkpoint);
        ManagedEngine engine = new(options.Threads);
        try
        {
            IDecoder decoder = architecture.Build(checkpoint.Configuration, new ModelWeights(checkpoint), engine);
            ModelDescription description = new(checkpoint, architecture, engine.Name, weightsHash);
            return new LocalLanguageModel(description, decoder, engine, options);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }
}

/// <summary>How the managed engine runs; none of it changes a bit of a result.</summary>
/// <param name="Threads">Threads of the kernels.</param>
/// <param name="BatchTokens">Most tokens of one forward pass.</param>
/// <param name="KeyValueBytes">Keys and values that generations decoded together may keep; a single generation may need more.</param>
public sealed record InferenceOptions(ComputeThreads Threads, int BatchTokens = 1024, long KeyValueBytes = 1L << 30)
{
    /// <summary>All cores, 1,024 tokens a pass, 1 GiB of keys and values.</summary>
    public static InferenceOptions Default { get; } = new(ComputeThreads.All);
}
