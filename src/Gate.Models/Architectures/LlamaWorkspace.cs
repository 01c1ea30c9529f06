using Gate.Models.Architectures.Positions;
using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>What all blocks of a Llama-like decoder share on an engine: settings, rotary tables and the matrices of intermediate values.</summary>
internal sealed class LlamaWorkspace
{
    /// <summary>Allocates empty matrices.</summary>
    public LlamaWorkspace(LlamaSettings settings, IComputeEngine engine)
    {
        Settings = settings;
        Engine = engine;
        Rotary = new RotaryTables(settings.Rotary, engine);
        Attention = new AttentionShape(
            settings.Heads, settings.KeyValueHeads, settings.HeadSize, (float)(1 / Math.Sqrt(settings.HeadSize)), settings.Window);
        Normed = engine.Allocate(settings.Hidden);
        Projected = engine.Allocate(settings.QueryWidth + (2 * settings.KeyValueWidth));
        Attended = engine.Allocate(settings.QueryWidth);
        GateAndUp = engine.Allocate(2 * settings.Intermediate);
        Activated = engine.Allocate(settings.Intermediate);
        Delta = engine.Allocate(settings.Hidden);
    }

    /// <summary>Numbers and switches.</summary>
    public LlamaSettings Settings { get; }

    /// <summary>Where to compute.</summary>
    public IComputeEngine Engine { get; }

    /// <summary>Cosines and sines.</summary>
    public RotaryTables Rotary { get; }

    /// <summary>Heads, scale and window.</summary>
    public AttentionShape Attention { get; }

    /// <summary>Input of the projections, [tokens, hidden].</summary>
    public DeviceMatrix Normed { get; }

    /// <summary>Queries, keys and values.</summary>
    public DeviceMatrix Projected { get; }

    /// <summary>What attention gave, [tokens, query width].</summary>
    public DeviceMatrix Attended { get; }

    /// <summary>Gate and up projections side by side.</summary>
    public DeviceMatrix GateAndUp { get; }

    /// <summary>Input of the down projection.</summary>
    public DeviceMatrix Activated { get; }

    /// <summary>What is added to the stream.</summary>
    public DeviceMatrix Delta { get; }

    /// <summary>Uploads a norm.</summary>
    public NormalizationSettings Norm(ModelWeights weights, string name)
    {
        float[] values = weights.Vector(name);
        return new(NormalizationKind.RootMeanSquare, Engine.Upload(1, values.Length, values), null, Settings.Epsilon);
    }

    /// <summary>Uploads linear layers side by side.</summary>
    public LinearWeights Linear(ModelWeights weights, bool bias, params string[] modules) =>
        Engine.UploadLinear([.. modules.Select(module => weights.Linear(module, bias))]);
}
