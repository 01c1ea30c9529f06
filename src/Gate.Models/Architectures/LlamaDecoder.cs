using Gate.Models.Architectures.Positions;
using Gate.Models.Inference.Batching;
using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>The forward pass of Llama-like decoders: x += attention(norm(x)); x += feedForward(norm(x)), then a final norm.</summary>
internal sealed class LlamaDecoder : IDecoder
{
    private readonly LlamaSettings _settings;
    private readonly IComputeEngine _engine;
    private readonly RotaryTables _rotary;
    private readonly AttentionShape _attention;
    private readonly EmbeddingTable _embedding;
    private readonly NormalizationSettings _finalNorm;
    private readonly Block[] _blocks;
    private readonly DeviceMatrix _stream, _normed, _projected, _attended, _gateAndUp, _activated, _delta, _selectedStream, _selectedAttended;

    /// <summary>Uploads all weights.</summary>
    public LlamaDecoder(LlamaSettings settings, ModelWeights weights, IComputeEngine engine)
    {
        _settings = settings;
        _engine = engine;
        _rotary = new RotaryTables(settings.Rotary, engine);
        _attention = new AttentionShape(
            settings.Heads, settings.KeyValueHeads, settings.HeadSize, (float)(1 / Math.Sqrt(settings.HeadSize)), settings.Window);

        StoredMatrix embedding = weights.Matrix(LlamaTensors.Embedding);
        _embedding = engine.UploadEmbedding(embedding);
        _blocks = [.. Enumerable.Range(0, settings.Layers).Select(block => Block.Upload(settings, weights, engine, LlamaTensors.Block(block)))];
        _finalNorm = Norm(settings, weights, engine, LlamaTensors.FinalNorm);
        Head = engine.UploadLinear([settings.TiedHead ? new StoredLinear(embedding, null) : weights.Linear(LlamaTensors.Head, bias: false)]);

        _stream = engine.Allocate(settings.Hidden);
        _normed = engine.Allocate(settings.Hidden);
        _projected = engine.Allocate(settings.QueryWidth + (2 * settings.KeyValueWidth));
        _attended = engine.Allocate(settings.QueryWidth);
        _gateAndUp = engine.Allocate(2 * settings.Intermediate);
        _activated = engine.Allocate(settings.Intermediate);
        _delta = engine.Allocate(settings.Hidden);
        _selectedStream = engine.Allocate(settings.Hidden);
        _selectedAttended = engine.Allocate(settings.QueryWidth);
    }

    public int VocabularySize => _settings.Vocabulary;

    public int MaximumLength => _settings.Rotary.MaximumLength;

    public KeyValueShape KeyValueShape => new(_settings.Layers, _settings.KeyValueWidth);

    public LinearWeights Head { get; }

    public bool DependsOnLength => _settings.Rotary.Scaling.DependsOnLength;

    public int LengthClass(int length) => _settings.Rotary.Scaling.LengthClass(_settings.Rotary, length);

    public DeviceMatrix Forward(RaggedBatch batch, KeyValueStore store, ReadOnlySpan<int> selectedRows)
    {
        DeviceMatrix angles = _rotary.For(batch.LengthClass, batch.PositionCount);
        _engine.Embed(_embedding, batch.Tokens, _stream);
        for (int layer = 0; layer < _blocks.Length - 1; layer++)
        {
            Attend(_blocks[layer], layer, batch, angles, store);
            AddOutputs(_blocks[layer], _attended, _stream);
        }

        // Behind the last attention no token needs another: only the selected rows go on.
        Attend(_blocks[^1], _blocks.Length - 1, batch, angles, store);
        _engine.SelectRows(_attended, selectedRows, _selectedAttended);
        _engine.SelectRows(_stream, selectedRows, _selectedStream);
        AddOutputs(_blocks[^1], _selectedAttended, _selectedStream);
        _engine.Normalize(_selectedStream, _finalNorm, _selectedStream);
        return _selectedStream;
    }

    private void Attend(Block block, int layer, RaggedBatch batch, DeviceMatrix angles, KeyValueStore store)
    {
        _engine.Normalize(_stream, block.AttentionNorm, _normed);
        _engine.Linear(_normed, block.QueryKeyValue, _projected);
        if (block.QueryNorm is not null && block.KeyNorm is not null)
        {
            _engine.NormalizeHeads(_projected, 0, _settings.Heads, block.QueryNorm);
            _engine.NormalizeHeads(_projected, _settings.QueryWidth, _settings.KeyValueHeads, block.KeyNorm);
        }

        // Keys follow the queries, so one rotation covers both.
        _engine.Rotate(_projected, _settings.Heads + _settings.KeyValueHeads, _settings.HeadSize, angles, batch.Positions);
        _engine.Attend(batch, _projected, _attention, store, layer, _attended);
    }

    private void AddOutputs(Block block, DeviceMatrix attended, DeviceMatrix stream)
    {
        _engine.Linear(attended, block.Output, _delta);
        _engine.Add(stream, _delta);
        _engine.Normalize(stream, block.FeedForwardNorm, _normed);
        _engine.Linear(_normed, block.GateAndUp, _gateAndUp);
        _engine.ActivateGated(_gateAndUp, Activation.Silu, _activated);
        _engine.Linear(_activated, block.Down, _delta);
        _engine.Add(stream, _delta);
    }

    private static NormalizationSettings Norm(LlamaSettings settings, ModelWeights weights, IComputeEngine engine, string name)
    {
        float[] values = weights.Vector(name);
        return new(NormalizationKind.RootMeanSquare, engine.Upload(1, values.Length, values), null, settings.Epsilon);
    }

    private sealed record Block(
        NormalizationSettings AttentionNorm, LinearWeights QueryKeyValue, NormalizationSettings? QueryNorm, NormalizationSettings? KeyNorm,
        LinearWeights Output, NormalizationSettings FeedForwardNorm, LinearWeights GateAndUp, LinearWeights Down)
    {
        public static Block Upload(LlamaSettings settings, ModelWeights weights, IComputeEngine engine, string name)
        {
            string attention = $"{name}.self_attn", feedForward = $"{name}.mlp";
            LinearWeights Stack(bool bias, params string[] modules) =>
                engine.UploadLinear([.. modules.Select(module => weights.Linear(module, bias))]);

            return new Block(
                Norm(settings, weights, engine, $"{name}.input_layernorm.weight"),
                Stack(settings.InputBias, $"{attention}.q_proj", $"{attention}.k_proj", $"{attention}.v_proj"),
                settings.HeadNorms ? Norm(settings, weights, engine, $"{attention}.q_norm.weight") : null,
                settings.HeadNorms ? Norm(settings, weights, engine, $"{attention}.k_norm.weight") : null,
                Stack(settings.OutputBias, $"{attention}.o_proj"),
                Norm(settings, weights, engine, $"{name}.post_attention_layernorm.weight"),
                Stack(settings.FeedForwardBias, $"{feedForward}.gate_proj", $"{feedForward}.up_proj"),
                Stack(settings.FeedForwardBias, $"{feedForward}.down_proj"));
        }
    }
}
