using Gate.Models.Batching;
using Gate.Models.Blueprints;
using Gate.Models.Engines;

namespace Gate.Models.Runtime;

/// <summary>A whole stack whose weights are uploaded.</summary>
internal sealed class StackRunner
{
    private readonly Stack _stack;
    private readonly Workspace _workspace;
    private readonly RunningEmbedding _embedding;
    private readonly RunningStep[] _steps;
    private readonly int _lastAttending;
    private readonly NormWeights? _finalNorm;
    private readonly DeviceMatrix _stream;

    /// <summary>Uploads all weights.</summary>
    /// <param name="stack">The stack.</param>
    /// <param name="workspace">Shared with all that runs on the engine.</param>
    public StackRunner(Stack stack, Workspace workspace)
    {
        (_stack, _workspace) = (stack, workspace);
        _embedding = new RunningEmbedding(stack.Embedding, workspace);

        // Two-sided attention needs no keys of another batch: all blocks may use one layer of the store.
        bool keeps = KeptLayers(stack) > 1;
        _steps = [.. stack.Blocks.SelectMany((block, index) => block.Select(step => new RunningStep(step, workspace, keeps ? index : 0)))];
        _lastAttending = Array.FindLastIndex(_steps, step => step.Attends);
        _finalNorm = workspace.Norm(stack.FinalNorm);
        _stream = workspace.Engine.Allocate(stack.Embedding.Width);
    }

    /// <summary>What one token keeps for those after it.</summary>
    public KeyValueShape StoreShape => new(KeptLayers(_stack), StoreWidth(_stack));

    /// <summary>What one token that the encoder read is kept as.</summary>
    public KeyValueShape MemoryShape => new(_stack.Blocks.Length, StoreWidth(_stack));

    /// <summary>Width of keys, and of values, of all attention of a stack.</summary>
    public static int StoreWidth(Stack stack) =>
        stack.Blocks.SelectMany(block => block).SelectMany(step => step.Branches).Select(branch => branch.Module).OfType<Attention>().First().KeyValueWidth;

    /// <summary>Runs the blocks over a batch, adds its rows to the store, and returns the selected rows behind the final norm.</summary>
    /// <param name="context">The batch and its stores.</param>
    /// <param name="selected">Rows of the batch whose final state is wanted, ascending, or null for all.</param>
    /// <returns>One row for each; valid until the next call.</returns>
    public DeviceMatrix Run(BatchContext context, int[]? selected)
    {
        DeviceMatrix stream = _stream;
        _embedding.Run(context.Batch, stream);

        // Behind the last attention no token needs another: only the selected rows go on.
        for (int i = 0; i < _steps.Length; i++)
            stream = _steps[i].Run(context, stream, i == _lastAttending ? selected : null);
        if (_finalNorm is not null)
            _workspace.Engine.Normalize(stream, _finalNorm, stream);
        return stream;
    }

    /// <summary>Stores the keys and values of what the encoder read.</summary>
    /// <param name="batch">The encoder's batch.</param>
    /// <param name="states">One row for each of its tokens.</param>
    /// <param name="memory">The memory's store.</param>
    public void Remember(RaggedBatch batch, DeviceMatrix states, KeyValueStore memory)
    {
        foreach (RunningStep step in _steps)
            step.Remember(batch, states, memory);
    }

    private static int KeptLayers(Stack stack) =>
        stack.Blocks.SelectMany(block => block).SelectMany(step => step.Branches).Any(branch => branch.Module is Attention { Sees: Sees.Past }) ? stack.Blocks.Length : 1;
}
