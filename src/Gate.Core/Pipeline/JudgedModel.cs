using Gate.Core.Configuration;
using Gate.Models.Checkpoints;
using Gate.Models.Inference;
using Gate.Models.Tokenization;
using Gate.Results;

namespace Gate.Core.Pipeline;

/// <summary>
/// A model folder during a run. Its identity comes from the cache when no file changed, and the engine is loaded only when a question is asked that
/// was not answered before.
/// </summary>
public sealed class JudgedModel : IDisposable
{
    private readonly RunContext _context;
    private readonly NamedPath _path;
    private readonly string _fingerprint;
    private ModelIdentity? _identity;
    private string? _weightsHash;
    private Tokenizer? _tokenizer;
    private ILanguageModel? _model;

    private JudgedModel(RunContext context, NamedPath path, string fingerprint, Checkpoint checkpoint) =>
        (_context, _path, _fingerprint, Checkpoint) = (context, path, fingerprint, checkpoint);

    /// <summary>The open folder.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>Whether the engine was loaded.</summary>
    public bool IsLoaded => _model is not null;

    /// <summary>What the model is, by content.</summary>
    public ModelIdentity Identity => _identity ??= Identify();

    /// <summary>The identity when it is known without reading the weights, else null.</summary>
    public ModelIdentity? KnownIdentity => _identity ?? Remembered();

    /// <summary>Hash of the weights; does not need the engine.</summary>
    public string WeightsHash => _weightsHash ??= (_identity ?? Remembered())?.WeightsHash ?? Checkpoint.ComputeWeightsHash(_context.CancellationToken);

    /// <summary>The tokenizer, or null when the folder has none.</summary>
    public Tokenizer? Tokenizer => _tokenizer ??= _model is not null ? _model.Tokenizer : Tokenizer.Open(Checkpoint.Folder);

    /// <summary>Opens a folder and checks its headers; reads no weights.</summary>
    /// <exception cref="Gate.Diagnostics.GateException">Exit 4.</exception>
    public static JudgedModel Open(RunContext context, NamedPath path)
    {
        Checkpoint checkpoint = Checkpoint.Open(path.Full);
        return new JudgedModel(context, path, context.Identities.Fingerprint(path.Full), checkpoint);
    }

    /// <summary>The engine, loaded on first use.</summary>
    /// <exception cref="Gate.Diagnostics.GateException">Exit 4: unknown family, missing tensors, wrong shapes, NaN weights.</exception>
    public ILanguageModel Load() => _model ??= LanguageModels.Load(Checkpoint, _context.Inference);

    /// <summary>What the results say about the model.</summary>
    public ModelInfo Describe() => new()
    {
        Path = _path.Portable,
        Family = Identity.Family,
        Parameters = Checkpoint.Tensors.Sum(tensor => tensor.ElementCount),
        WeightsHash = Identity.WeightsHash,
        TokenizerHash = Identity.TokenizerHash,
        FileBytes = Checkpoint.StoredTensors.Select(tensor => tensor.File).Distinct(StringComparer.Ordinal)
            .Sum(file => new FileInfo(Path.Combine(Checkpoint.Folder, file)).Length),
    };

    /// <summary>Gives the engine's memory back; it is loaded again when it is asked.</summary>
    public void Unload()
    {
        _tokenizer ??= _model?.Tokenizer;
        _model?.Dispose();
        _model = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Unload();
        Checkpoint.Dispose();
    }

    private ModelIdentity Identify()
    {
        if (Remembered() is { } known)
            return known;
        ModelIdentity identity = _model?.Identity ?? LanguageModels.Identify(Checkpoint, WeightsHash);
        if (_context.Identities.Fingerprint(_path.Full) == _fingerprint)
            _context.Identities.Remember(_fingerprint, identity);
        return identity;
    }

    private ModelIdentity? Remembered()
    {
        if (_context.Identities.Find(_fingerprint) is not { } known)
            return null;
        _context.Detail($"{_path.Portable}: unchanged since it was last read, weights {known.WeightsHash[..Math.Min(12, known.WeightsHash.Length)]}");
        return _identity = known;
    }
}
