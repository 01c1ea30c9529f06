using Gate.Models.Checkpoints;
using Gate.Numerics.Threading;

namespace Gate.Models.Inference;

/// <summary>Opens models.</summary>
public static class LanguageModels
{
    /// <summary>Loads a checkpoint into the managed CPU engine.</summary>
    /// <param name="checkpoint">The checkpoint; must stay open as long as the model lives.</param>
    /// <param name="options">Threads and memory bounds.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: unknown family, missing tensors, wrong shapes, or weights that are NaN or infinite.</exception>
    public static ILanguageModel Load(Checkpoint checkpoint, InferenceOptions options) => throw new NotImplementedException();
}

/// <summary>How the managed engine runs; none of it changes a bit of a result.</summary>
/// <param name="Threads">Threads of the kernels.</param>
/// <param name="BatchTokens">Most tokens of one forward pass.</param>
public sealed record InferenceOptions(ComputeThreads Threads, int BatchTokens = 1024)
{
    /// <summary>All cores, 1,024 tokens a pass.</summary>
    public static InferenceOptions Default { get; } = new(ComputeThreads.All);
}
