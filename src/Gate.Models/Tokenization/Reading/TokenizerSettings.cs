using System.Text.Json;
using Gate.Models.Checkpoints.Json;

namespace Gate.Models.Tokenization.Reading;

/// <summary>What lies beside a vocabulary: <c>tokenizer_config.json</c>, <c>special_tokens_map.json</c>, <c>added_tokens.json</c>, the model's configurations.</summary>
internal sealed class TokenizerSettings
{
    private const string Code = "GATE3054";
    private const string Remedy = "Correct the file, or download it again from where the model came from.";
    private const long MaximumBytes = 64L << 20;

    private readonly CheckedJson? _configuration;
    private readonly CheckedJson? _specialTokens;
    private readonly CheckedJson? _generation;

    /// <summary>Reads what the folder has of them.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4 (GATE3054): malformed.</exception>
    public TokenizerSettings(string folder)
    {
        Folder = folder;
        _configuration = Open("tokenizer_config.json");
        _specialTokens = Open("special_tokens_map.json");
        _generation = Open("generation_config.json");
        ClassName = _configuration?.Find("tokenizer_class")?.AsString();
        Class = ClassName is null ? null : TokenizerClass.Find(ClassName);
    }

    /// <summary>The model folder.</summary>
    public string Folder { get; }

    /// <summary>The class that <c>tokenizer_config.json</c> names, or null.</summary>
    public string? ClassName { get; }

    /// <summary>What is known of the class that <c>tokenizer_config.json</c> names.</summary>
    public TokenizerClass? Class { get; }

    /// <summary>The file that holds most of it, for messages.</summary>
    public string Path => System.IO.Path.Combine(Folder, "tokenizer_config.json");

    /// <summary>The value under a key of <c>tokenizer_config.json</c>, or null.</summary>
    public CheckedJson? Find(string key) => _configuration?.Find(key);

    /// <summary>A truth value of <c>tokenizer_config.json</c>, or null.</summary>
    public bool? Flag(string key) => Find(key)?.AsBoolean();

    /// <summary>Tokens and ids of <c>added_tokens.json</c>, or null.</summary>
    public CheckedJson? AddedTokens() => Open("added_tokens.json");

    /// <summary>What the files say about a special token: whether they speak of it at all, and the token, null when they say that there is none.</summary>
    /// <param name="key">For example <c>bos_token</c>.</param>
    public (bool IsNamed, CheckedJson? Token) SpecialToken(string key)
    {
        foreach (CheckedJson? json in new[] { _configuration, _specialTokens })
        {
            if (json is not null && json.Element.TryGetProperty(key, out _))
                return (true, json.Find(key));
        }

        return (false, null);
    }

    /// <summary>A token's text, whether the file has it alone or with its properties.</summary>
    public static string ContentOf(CheckedJson token) =>
        token.Is(JsonValueKind.Object) ? token.Require("content", "a text").AsString() : token.AsString();

    /// <summary>The id that <c>generation_config.json</c> gives for a special token; of several the first.</summary>
    public int? GenerationId(string key)
    {
        CheckedJson? ids = _generation?.Find($"{key}_id");
        return ids is null ? null : ids.Is(JsonValueKind.Array) ? ids.Items().FirstOrDefault()?.AsInt32(0) : ids.AsInt32(0);
    }

    /// <summary>The class by which a vocabulary is converted: that of <c>tokenizer_config.json</c>, else what <c>config.json</c> names or stands for.</summary>
    /// <returns>The name found, null when there is none, and the class if Gate knows it.</returns>
    public (string? Name, TokenizerClass? Class) ConversionClass()
    {
        string? name = ClassName;
        if (name is null && Open("config.json") is { } model)
            name = model.Find("tokenizer_class")?.AsString() ?? model.Find("model_type")?.AsString();
        return (name, name is null ? null : TokenizerClass.Find(name));
    }

    private CheckedJson? Open(string file)
    {
        string path = System.IO.Path.Combine(Folder, file);
        return File.Exists(path) ? JsonSource.Read(path, Code, Remedy, MaximumBytes).Parse() : null;
    }
}
