using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Models;
using Gate.Models.Checkpoints;
using Gate.Models.Inference;
using Gate.Models.Inference.Served;
using Gate.Models.Tokenization;
using Gate.Results;

namespace Gate.Core.Pipeline;

/// <summary>
/// A model folder during a run: weights for the local engine, or the description of a served model. Its identity comes from the cache when no file
/// changed, and the engine is loaded (the server contacted) only when a question is asked that was not answered before.
/// </summary>
public sealed class JudgedModel : IDisposable
{
    private readonly RunContext _context;
    private readonly NamedPath _path;
    private readonly string _fingerprint;
    private readonly Model? _files;
    private ModelIdentity? _identity;
    private string? _weightsHash;
    private Tokenizer? _tokenizer;
    private ILanguageModel? _model;

    private JudgedModel(RunContext context, NamedPath path, string fingerprint, Model? files, ServedModelSettings? served) =>
        (_context, _path, _fingerprint, _files, Served) = (context, path, fingerprint, files, served);

    /// <summary>The open weights.</summary>
    /// <exception cref="GateException">Exit 4 (GATE6009): the model is served, its weights are elsewhere.</exception>
    public Checkpoint Checkpoint => Model.Checkpoint;

    /// <summary>The open model.</summary>
    /// <exception cref="GateException">Exit 4 (GATE6009): the model is served, its weights are elsewhere.</exception>
    public Model Model => _files ?? throw GateException.Input(
        "GATE6009", $"'{_path.Portable}' is a served model ({ServedModelFile.Name}): its weights are not here, and this needs them", new SourceLocation(_path.Portable),
        "name a model folder with weights, or judge a served candidate with 'gate compare'");

    /// <summary>The description of a served model, or null when the weights are here.</summary>
    public ServedModelSettings? Served { get; }

    /// <summary>The engine that makes and judges; of a served model it makes nothing.</summary>
    public string Engine => _context.Engine.Identity;

    /// <summary>Whether the engine was loaded.</summary>
    public bool IsLoaded => _model is not null;

    /// <summary>What the model is, by content.</summary>
    public ModelIdentity Identity => _identity ??= Identify();

    /// <summary>The identity when it is known without reading the weights, else null.</summary>
    public ModelIdentity? KnownIdentity => Served is not null ? Identity : _identity ?? Remembered();

    /// <summary>Hash of the weights; does not need the engine.</summary>
    public string WeightsHash => _weightsHash ??= KnownIdentity?.WeightsHash ?? Checkpoint.ComputeWeightsHash(_context.CancellationToken);

    /// <summary>The tokenizer, or null when the folder has none.</summary>
    public Tokenizer? Tokenizer => _tokenizer ??= _model is not null ? _model.Tokenizer : Tokenizer.Open(Source);

    /// <summary>Absolute path of its folder, or of the GGUF file that holds everything.</summary>
    public string Source => _files?.Checkpoint.Path ?? _path.Full;

    /// <summary>A path that says nothing about the machine.</summary>
    public string ShownPath => _path.Portable;

    /// <summary>Opens the model that a configuration names; where there is none, the place of its key is told.</summary>
    /// <inheritdoc cref="Open(RunContext, NamedPath)"/>
    public static JudgedModel Open(RunContext context, NamedPath path, ConfigurationPlaces places) =>
        places.Refusing("model", () => Open(context, path), "GATE3001");

    /// <summary>Opens a folder and checks its configuration and headers; reads no weights and contacts no server.</summary>
    /// <exception cref="GateException">Exit 4.</exception>
    public static JudgedModel Open(RunContext context, NamedPath path)
    {
        if (Uri.TryCreate(path.Written, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https")
        {
            // Without user and query, which may hold a password or a key.
            string shown = address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
            throw GateException.Usage(
                "GATE6001", $"expected a model folder, found the address {shown}", null,
                $"make a folder with {ServedModelFile.Name} (\"url\": \"{shown}\", …) and the model's tokenizer files, and name it; see docs/guides/judge-a-served-model.md");
        }

        if (!ServedModelFile.IsIn(path.Full))
        {
            // What is not there is told before its files are looked at.
            Model files = Model.Open(path.Full);
            foreach (string remark in files.Remarks)
                context.Note("GATE3098", Severity.Warning, $"{path.Portable}: {remark}");
            if (files.Checkpoint.KeepsActivationsExact)
            {
                context.Note(
                    "GATE3099", Severity.Warning,
                    $"{path.Portable} ({files.Checkpoint.Quantization}) asks its runtime to round activations, which Gate does not do for this format: the candidate loses at least what is measured");
            }

            if (!context.Engine.IsBitExact)
                context.Note("GATE3306", Severity.Note, $"judged by {context.Engine.Identity}: answers are equal up to rounding, not bit for bit");
            return new JudgedModel(context, path, context.Identities.Fingerprint(path.Full), files, null);
        }

        ServedModelSettings served = ServedModelFile.Read(path.Full);
        context.Note(
            "GATE6010", Severity.Note, $"{path.Portable} is served: {served.Parameters} weights in {served.WeightBytes} bytes are what its {ServedModelFile.Name} states");
        return new JudgedModel(context, path, context.Identities.Fingerprint(path.Full), null, served);
    }

    /// <summary>The engine or the served model, prepared on first use.</summary>
    /// <exception cref="GateException">Exit 4: unknown family, missing tensors, wrong shapes, NaN weights; a server's key that is missing.</exception>
    public ILanguageModel Load() => _model ??= Served is null
        ? LanguageModels.Load(Model, _context.Inference)
        : ServedModels.Open(Served, Identity, RequireTokenizer(), Environment.GetEnvironmentVariable, text => _context.Progress?.Report(new RunTold(text)));

    /// <summary>What the results say about the model.</summary>
    public ModelInfo Describe() => new()
    {
        Path = _path.Portable,
        Family = Identity.Family,
        Parameters = Served?.Parameters ?? Checkpoint.Tensors.Sum(tensor => tensor.ElementCount),
        WeightsHash = Identity.WeightsHash,
        Engine = Identity.Engine,
        TokenizerHash = Identity.TokenizerHash,
        FileBytes = Served?.WeightBytes ?? Checkpoint.StoredTensors.Select(tensor => tensor.File).Distinct(StringComparer.Ordinal)
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
        _files?.Dispose();
    }

    private Tokenizer RequireTokenizer() => Tokenizer ?? throw GateException.Input(
        "GATE3103", $"the model '{_path.Portable}' has no tokenizer.json, so no question can be put to it", remedy: "add the model's tokenizer.json");

    private ModelIdentity Identify()
    {
        if (Served is not null)
            return ServedModels.Identify(Served, RequireTokenizer());
        if (Remembered() is { } known)
            return known;
        ModelIdentity identity = _model?.Identity ?? LanguageModels.Identify(Model, _context.Engine, WeightsHash);
        if (_context.Identities.Fingerprint(_path.Full) == _fingerprint)
            _context.Identities.Remember(_fingerprint, identity);
        return identity;
    }

    private ModelIdentity? Remembered()
    {
        if (Served is not null || _context.Identities.Find(_fingerprint) is not { } known)
            return null;
        _context.Detail($"{_path.Portable}: unchanged since it was last read, weights {known.WeightsHash[..Math.Min(12, known.WeightsHash.Length)]}");
        return _identity = known with { Engine = _context.Engine.Identity };
    }
}
