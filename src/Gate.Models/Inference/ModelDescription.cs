using System.Security.Cryptography;
using System.Text;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;
using Gate.Models.Structure;
using Gate.Models.Tokenization;

namespace Gate.Models.Inference;

/// <summary>What a loaded model says about itself.</summary>
internal sealed class ModelDescription
{
    private readonly Lazy<ModelIdentity> _identity;
    private readonly Lazy<Tokenizer?> _tokenizer;

    /// <summary>Describes a model; its weights are hashed only when the identity is asked for and the hash is not known.</summary>
    public ModelDescription(Model model, string engine, string? weightsHash)
    {
        Checkpoint checkpoint = model.Checkpoint;
        Folder = checkpoint.Folder;
        _tokenizer = new Lazy<Tokenizer?>(() => Tokenizer.Open(checkpoint.Path));
        EndOfTextIds = ReadEndOfText(checkpoint);
        _identity = new Lazy<ModelIdentity>(() => new ModelIdentity(
            model.Blueprint.Family,
            weightsHash ?? checkpoint.ComputeWeightsHash(),
            Hash($"{ArithmeticText.Of(model.Blueprint)} end of text: {string.Join(',', EndOfTextIds)}"),
            Tokenizer?.Hash ?? "",
            engine));
    }

    /// <summary>The model's folder, for messages.</summary>
    public string Folder { get; }

    /// <summary>The tokenizer, or null.</summary>
    public Tokenizer? Tokenizer => _tokenizer.Value;

    /// <summary>Ids that end a text.</summary>
    public IReadOnlyList<int> EndOfTextIds { get; }

    /// <summary>The id that stands for a masked token.</summary>
    /// <exception cref="GateException">Exit 4 (GATE3096): the tokenizer has none.</exception>
    public int MaskId => Tokenizer?.IdOf("[MASK]") ?? Tokenizer?.IdOf("<mask>") ?? throw GateException.Input(
        "GATE3096", $"{Folder}: expected a tokenizer with a mask token, found {(Tokenizer is null ? "no tokenizer" : "none in it")}.", new SourceLocation(Folder),
        "Put the model's own tokenizer.json and tokenizer_config.json beside its weights.");

    /// <summary>Ids behind a whole text of a masked model, such as BERT's separator.</summary>
    public IReadOnlyList<int> ClosingIds => Tokenizer is null ? [] : TextFrame.Of(Tokenizer).Closing;

    /// <summary>The identity.</summary>
    public ModelIdentity Identity => _identity.Value;

    // generation_config.json overrides config.json where it says anything, as it does in the reference.
    private static IReadOnlyList<int> ReadEndOfText(Checkpoint checkpoint)
    {
        string path = Path.Combine(checkpoint.Folder, "generation_config.json");
        if (File.Exists(path))
        {
            IReadOnlyList<int> ids = ModelConfiguration.Read(path).GetTokenIds("eos_token_id");
            if (ids.Count > 0)
                return ids;
        }

        return checkpoint.Configuration.GetTokenIds("eos_token_id");
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
