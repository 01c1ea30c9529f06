using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;
using Gate.Models.Checkpoints.Gguf;
using Gate.Models.Checkpoints.Json;
using Gate.Models.Tokenization.Chat.Syntax;

namespace Gate.Models.Tokenization.Chat;

/// <summary>The text of a model's default template, from whichever file holds it, and the special tokens it is given.</summary>
/// <param name="Source">The template.</param>
/// <param name="SpecialTokens">Special tokens by the name of their variable, in ordinal order.</param>
internal sealed record ChatTemplateFile(TemplateSource Source, ImmutableSortedDictionary<string, string> SpecialTokens)
{
    private const string Configuration = "tokenizer_config.json";
    private const string Code = "GATE3205";
    private const string Remedy = "take the file from the model's release again";
    private const long MaximumBytes = 64L << 20;
    private const long MaximumTemplateBytes = 1L << 20;

    // What GGUF calls them.
    private static readonly Dictionary<string, string> GgufTokens = new(StringComparer.Ordinal)
    {
        ["bos_token"] = "bos",
        ["eos_token"] = "eos",
        ["pad_token"] = "padding",
        ["unk_token"] = "unknown",
    };

    private static readonly string[] TokenKeys = ["bos_token", "cls_token", "eos_token", "mask_token", "pad_token", "sep_token", "unk_token"];

    /// <summary>The default template of a model, or null when it has none. Template files stand before the configuration's key, as in the Hugging Face library, and both
    /// before what a GGUF file holds.</summary>
    /// <param name="model">A model folder, or a GGUF file.</param>
    /// <exception cref="GateException">Exit 4: GATE3205, or GATE3120 to GATE3124 of a GGUF file.</exception>
    public static ChatTemplateFile? Read(string model)
    {
        string folder = File.Exists(model) ? Path.GetDirectoryName(Path.GetFullPath(model))! : model;
        CheckedJson? configuration = OpenJson(Path.Combine(folder, Configuration));
        return (FromFiles(folder) ?? FromConfiguration(configuration)) is { } source
            ? new ChatTemplateFile(source, TokensOf(configuration, OpenJson(Path.Combine(folder, "special_tokens_map.json"))))
            : GgufFile.Find(model) is { } file ? FromGguf(file) : null;
    }

    private static ChatTemplateFile? FromGguf(string path)
    {
        const string Key = "tokenizer.chat_template";
        var gguf = GgufFile.Open(path);
        using (gguf.File)
        {
            if (!gguf.Metadata.TryGetValue(Key, out object? value))
                return null;
            if (value is not string template || template.Length > MaximumTemplateBytes)
                throw GgufDiagnostics.Metadata(path, Key, $"a text of at most {MaximumTemplateBytes} characters", value is string ? "a longer one" : $"{value}");
            string[] tokens = gguf.Texts("tokenizer.ggml.tokens") ?? [];
            return new ChatTemplateFile(TemplateSource.Of(template, path, (Key, new SourceLocation(path))), GgufTokens
                .Where(token => gguf.Metadata.TryGetValue($"tokenizer.ggml.{token.Value}_token_id", out object? id) && id is long and >= 0 && (long)id < tokens.Length)
                .ToImmutableSortedDictionary(token => token.Key, token => tokens[(int)(long)gguf.Metadata[$"tokenizer.ggml.{token.Value}_token_id"]!], StringComparer.Ordinal));
        }
    }

    private static TemplateSource? FromFiles(string folder)
    {
        string file = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(file))
            return ReadTemplate(file);
        string others = Path.Combine(folder, "additional_chat_templates");
        if (!Directory.Exists(others))
            return null;
        string[] names = [.. Directory.EnumerateFiles(others, "*.jinja").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];
        if (names.Length == 0)
            return null;
        return names.Contains("default") ? ReadTemplate(Path.Combine(others, "default.jinja")) : throw GateException.Input(
            Code, $"{others}: expected a template named 'default', or chat_template.jinja beside the folder; found {string.Join(", ", names)}", new SourceLocation(others),
            "copy the template for plain conversations to chat_template.jinja in the model's folder");
    }

    private static TemplateSource? FromConfiguration(CheckedJson? configuration)
    {
        if (configuration?.Find("chat_template") is not { } value)
            return null;
        if (value.Is(JsonValueKind.String))
            return Of(value);
        if (!value.Is(JsonValueKind.Array))
            throw value.Expected("a text, or a list of templates with 'name' and 'template'");
        CheckedJson[] templates = [.. value.Items()];
        string[] names = [.. templates.Select(template => template.Require("name", "a text").AsString())];
        int place = Array.IndexOf(names, "default");
        return place >= 0
            ? Of(templates[place].Require("template", "a text"))
            : throw value.Refuse($"expected a template named 'default', found {(names.Length == 0 ? "none" : string.Join(", ", names.Select(name => $"'{name}'")))}");
    }

    private static TemplateSource Of(CheckedJson template) =>
        TemplateSource.Of(template.AsString(), template.Source.Path, (template.Key, template.Source.Locate(template.Key.Split('.'))));

    private static TemplateSource ReadTemplate(string path)
    {
        try
        {
            long length = new FileInfo(path).Length;
            byte[] bytes = length <= MaximumTemplateBytes ? RegularFile.ReadAllBytes(path)
                : throw GateException.Input(Code, $"{path}: expected at most {MaximumTemplateBytes} bytes, found {length}", new SourceLocation(path), Remedy);
            ReadOnlySpan<byte> text = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(Encoding.UTF8.Preamble.Length) : bytes;
            return Utf8.IsValid(text) ? TemplateSource.Of(Encoding.UTF8.GetString(text), path)
                : throw GateException.Input(Code, $"{path}: expected UTF-8 text, found bytes that are not", new SourceLocation(path), Remedy);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            throw FileDiagnostics.Unreadable(path, exception);
        }
    }

    // The configuration's word counts, its null included; where it says nothing, the map's.
    private static ImmutableSortedDictionary<string, string> TokensOf(params ReadOnlySpan<CheckedJson?> files)
    {
        var tokens = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (string key in TokenKeys)
        {
            foreach (CheckedJson? file in files)
            {
                if (file is null || !file.Element.TryGetProperty(key, out _))
                    continue;
                if (file.Find(key) is { } token)
                    tokens.Add(key, token.Is(JsonValueKind.Object) ? token.Require("content", "a text").AsString() : token.AsString());
                break;
            }
        }

        return tokens.ToImmutable();
    }

    private static CheckedJson? OpenJson(string path) => File.Exists(path) ? JsonSource.Read(path, Code, Remedy, MaximumBytes).Parse() : null;
}
