using Gate.Compression;
using Gate.Compression.Planning;
using Gate.Compression.Planning.Search;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Models.Calibration;
using Gate.Models.Engines;
using Gate.Models.Engines.Managed;
using Gate.Numerics.Threading;

namespace Gate.Core.Planning;

/// <summary>
/// What planning a recipe takes in memory at most. Its phases follow each other and none keeps the model of another: the dense model is asked for its logits
/// and unloaded; options are measured; the model is asked with one place changed at a time; candidates are made and asked, one at a time.
/// </summary>
/// <param name="Making">While options are measured, and while a candidate is made.</param>
/// <param name="AskingBytes">While the dense model or a candidate is asked, with the logits of one window.</param>
/// <param name="ProbingBytes">While the dense model is asked with one place changed: one block of it is in memory, with the weights of its changed places.</param>
/// <param name="TextStreamBytes">The residual stream of the text, which can lie in a file.</param>
/// <param name="TextStreams">How many of them probing has at a time: one of the dense model, one for each place of a block.</param>
/// <param name="LogitsBytes">The dense model's logits on the whole text, which can lie in a file.</param>
public sealed record PlanningMemory(
    CompressionMemory Making, long AskingBytes, long ProbingBytes, long TextStreamBytes, int TextStreams, long LogitsBytes)
{
    // Without a limit, and with one that has room for them.
    private const long MostLogitsBytes = 512L << 20;
    private const long MostTextBytes = 1L << 30;

    // What making the candidate left behind and the runtime has not collected when it is asked; measured on a model of 105 M parameters.
    private const long DeadBytes = 48L << 20;

    /// <summary>The least a limit can be.</summary>
    public long Least => Math.Max(Making.Least, Math.Max(AskingBytes, ProbingBytes));

    /// <summary>The most memory taken under a limit.</summary>
    /// <param name="limit">Bytes, at least <see cref="Least"/>; null for none.</param>
    public long PeakWithin(long? limit)
    {
        long held = AreLogitsInFile(limit) ? 0 : LogitsBytes;
        (ActivationOptions calibration, ActivationOptions asked) = Probing(limit, ComputeThreads.All, ManagedEngineFactory.Instance);
        long probing = ProbingBytes + (TextStreamBytes <= asked.MemoryBytes ? TextStreams * TextStreamBytes : 0)
            + (Making.StreamBytes <= calibration.MemoryBytes ? Making.StreamBytes : 0);
        return held + Math.Max(Math.Max(AskingBytes, probing), Making.PeakOf(Making.Within(limit - held)));
    }

    /// <summary>
    /// How places are probed under a limit: the residual streams of the text stay in memory where there is room for all of them, and that of calibration, from which changed
    /// weights are made, where there is room for it beside them.
    /// </summary>
    /// <param name="limit">Bytes, at least <see cref="Least"/>; null for none.</param>
    /// <param name="threads">Threads of the kernels.</param>
    /// <param name="engine">Where blocks run.</param>
    public (ActivationOptions Calibration, ActivationOptions Text) Probing(long? limit, ComputeThreads threads, EngineFactory engine)
    {
        long? left = limit - (AreLogitsInFile(limit) ? 0 : LogitsBytes);
        (long bytes, int tokens) = Making.Within(left);
        long room = left - ProbingBytes ?? long.MaxValue;
        long text = TextStreamBytes <= Math.Min(MostTextBytes, room) / Math.Max(1, TextStreams) ? TextStreamBytes : 0;
        ActivationOptions activations = new(threads, tokens, text) { Engine = engine };
        return (activations with { MemoryBytes = Math.Clamp(room - (TextStreams * text), 0, bytes) }, activations);
    }

    /// <summary>Refuses a limit that planning cannot keep.</summary>
    /// <param name="limit">Bytes, or null for none.</param>
    /// <exception cref="Diagnostics.GateException">Exit 2 (GATE4140): names the least that would do.</exception>
    public void Require(long? limit)
    {
        if (limit < Least)
            throw MemoryForecast.TooSmall(limit.Value, Least, "comparing recipes, with one model at a time in memory");
    }

    /// <summary>Whether the logits lie in a file under a limit.</summary>
    /// <param name="limit">Bytes, or null for none.</param>
    public bool AreLogitsInFile(long? limit) => LogitsBytes > MostLogitsBytes || LogitsBytes > limit - Least;

    /// <summary>Predicts; null where nothing is planned.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="dense">The dense model.</param>
    public static PlanningMemory? Of(GateConfiguration configuration, JudgedModel dense)
    {
        if (configuration.Recipe is not null || configuration.Budget is not { } budget)
            return null;
        var search = new PlanSearch(dense.Model, budget, configuration.Planning.Methods, configuration.Planning.Layout);
        HeldOutText? text = dense.Tokenizer is { } tokenizer
            ? HeldOutText.Of(configuration.Planning, tokenizer, dense.Checkpoint.Configuration, configuration.Planning.Methods.Calibration) : null;
        return Of(search, dense, text);
    }

    /// <summary>Predicts.</summary>
    /// <param name="search">The search.</param>
    /// <param name="dense">The dense model.</param>
    /// <param name="text">The text plans are compared on, or null for none.</param>
    internal static PlanningMemory Of(PlanSearch search, JudgedModel dense, HeldOutText? text)
    {
        // A plan of all units in codes is the largest there is.
        CompressionPlan whole = search.Probe([.. search.Units.Select((_, unit) => (unit, search.OptionsOf(unit)[^1]))]);
        return Of(CompressionMemory.Of(dense.Model, whole), MemoryForecast.Evaluating(dense, whole), dense, text);
    }

    /// <summary>The same of candidates whose plans are known.</summary>
    /// <param name="plans">At least one.</param>
    /// <param name="dense">The dense model.</param>
    /// <param name="text">The text candidates are compared on.</param>
    internal static PlanningMemory Of(IReadOnlyCollection<CompressionPlan> plans, JudgedModel dense, HeldOutText? text) => Of(
        plans.Select(plan => CompressionMemory.Of(dense.Model, plan)).MaxBy(memory => memory.Least)!, plans.Max(plan => MemoryForecast.Evaluating(dense, plan)),
        dense, text);

    private static PlanningMemory Of(CompressionMemory making, long evaluating, JudgedModel dense, HeldOutText? text)
    {
        if (text is null)
            return new PlanningMemory(making, 0, 0, 0, 0, 0);
        long position = sizeof(float) * (long)VocabularyOf(dense);

        // The changed weights of a block's places, in 16 bit; and the rows of one window, of the dense model and on their way through the engine.
        IGrouping<int, PlanningUnit>[] blocks = [.. PlanningUnit.Of(dense.Model.LinearLayers).GroupBy(unit => unit.Block)];
        long[] weights = [.. blocks.Select(block => block.Sum(unit => unit.WeightCount) * sizeof(ushort))];
        long asking = evaluating + DeadBytes + (2 * position * text.Windows.Max(window => window.Length));
        return new PlanningMemory(
            making, asking, asking + (2 * weights.Max()) - weights.Sum(), text.Inputs.Sum(window => (long)window.Length) * dense.Model.Width * sizeof(float),
            1 + blocks.Max(block => block.Count()), DenseLogits.BytesOf(text, VocabularyOf(dense)));
    }

    private static int VocabularyOf(JudgedModel dense) => dense.Checkpoint.Configuration.GetInt32("vocab_size", 0);
}
