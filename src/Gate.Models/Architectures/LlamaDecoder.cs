using Gate.Models.Inference.Batching;
using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>The forward pass of Llama-like decoders: the embedding, the blocks, then a final norm.</summary>
internal sealed class LlamaDecoder : IDecoder
{
    private readonly LlamaSettings _settings;
    private readonly IComputeEngine _engine;
    private readonly LlamaWorkspace _workspace;
    private readonly LlamaEmbedding _embedding;
    private readonly LlamaBlock[] _blocks;
    private readonly LlamaOutput _output;
    private readonly DeviceMatrix _stream, _selectedStream, _selectedAttended;

    /// <summary>Uploads all weights.</summary>
    public LlamaDecoder(LlamaSettings settings, ModelWeights weights, IComputeEngine engine)
    {
        _settings = settings;
        _engine = engine;
        _workspace = new LlamaWorkspace(settings, engine);
        _embedding = new LlamaEmbedding(weights, engine);
        _blocks =
        [
            .. Enumerable.Range(0, settings.Layers).Select(block => new LlamaBlock(_workspace, weights, LlamaTensors.Block(block), storeLayer: block)),
        ];
        _output = new LlamaOutput(_workspace, weights);

        _stream = engine.Allocate(settings.Hidden);
        _selectedStream = engine.Allocate(settings.Hidden);
        _selectedAttended = engine.Allocate(settings.QueryWidth);
    }

    public int VocabularySize => _settings.Vocabulary;

    public int MaximumLength => _settings.Rotary.MaximumLength;

    public KeyValueShape KeyValueShape => new(_settings.Layers, _settings.KeyValueWidth);

    public LinearWeights Head => _output.Head;

    public bool DependsOnLength => _settings.Rotary.Scaling.DependsOnLength;

    public int LengthClass(int length) => _settings.Rotary.Scaling.LengthClass(_settings.Rotary, length);

    public DeviceMatrix Forward(RaggedBatch batch, KeyValueStore store, ReadOnlySpan<int> selectedRows)
    {
        _embedding.Run(batch, _stream, store);
        foreach (LlamaBlock block in _blocks.AsSpan()[..^1])
            block.Run(batch, _stream, store);

        // Behind the last attention no token needs another: only the selected rows go on.
        _blocks[^1].Attend(batch, _stream, store);
        _engine.SelectRows(_workspace.Attended, selectedRows, _selectedAttended);
        _engine.SelectRows(_stream, selectedRows, _selectedStream);
        _blocks[^1].AddOutputs(_selectedAttended, _selectedStream);
        _output.Normalize(_selectedStream);
        return _selectedStream;
    }
}
