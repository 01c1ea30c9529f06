using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gate.Models.Tokenization.Chat.Rendering;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tokenization.Chat;

/// <summary>The chat template of a model: a conversation to the one text the model continues.</summary>
public sealed class ChatTemplate
{
    private readonly CompiledTemplate _template;
    private readonly ChatTemplateFile _file;

    private ChatTemplate(ChatTemplateFile file) => (_file, _template) = (file, CompiledTemplate.Compile(file.Source));

    /// <summary>The default template of a model folder, or null when the folder has none: <c>chat_template.jinja</c> with <c>additional_chat_templates/</c>, else
    /// <c>chat_template</c> in <c>tokenizer_config.json</c>, else what a GGUF file holds.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: GATE3201 and GATE3202 (the template), GATE3205 (the files).</exception>
    public static ChatTemplate? Open(string model) => ChatTemplateFile.Read(model) is { } file ? new ChatTemplate(file) : null;

    /// <summary>The hash of a model folder's template and of the special tokens it can write, or null without one; the template itself is not read.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: GATE3205.</exception>
    public static string? HashOf(string model) => ChatTemplateFile.Read(model) is { } file ? HashOf(file) : null;

    /// <summary>The name of the file the template stands in.</summary>
    public string FileName => Path.GetFileName(_file.Source.File);

    /// <summary>SHA-256 (lower-case hexadecimal) of the template and of the special tokens it can write.</summary>
    public string Hash => HashOf(_file);

    /// <summary>The text of a conversation with what opens the answer behind it (<c>add_generation_prompt</c>). It holds the special tokens that belong there, the
    /// beginning of the sequence included; the tokenizer is to add none.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="settings">What the template is told besides.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: GATE3202 to GATE3204.</exception>
    public string Render(IEnumerable<ChatMessage> messages, ChatSettings settings)
    {
        IEnumerable<TemplateValue> turns = messages.Select(message => MappingValue.Of(Text("role", message.Role), Text("content", message.Content)));
        return _template.Render(
            [
                new("messages", SequenceValue.List(turns)), new("tools", NoneValue.Instance), new("documents", NoneValue.Instance),
                new("add_generation_prompt", BooleanValue.True), .. _file.SpecialTokens.Select(token => Text(token.Key, token.Value)),
                .. settings.Variables.Select(variable => KeyValuePair.Create(variable.Key, ValueOf(variable.Value))),
            ],
            settings.Today);
    }

    private static KeyValuePair<string, TemplateValue> Text(string name, string text) => new(name, new TextValue(text));

    private static TemplateValue ValueOf(string text) => text switch
    {
        "true" => BooleanValue.True,
        "false" => BooleanValue.False,
        _ => new TextValue(text),
    };

    private static string HashOf(ChatTemplateFile file)
    {
        string[] parts = [file.Source.Text, .. file.SpecialTokens.SelectMany(token => new[] { token.Key, token.Value })];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(parts, ChatJson.Default.StringArray))));
    }
}

/// <summary>The serialiser of what is hashed, made at compile time.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(string[]))]
internal sealed partial class ChatJson : System.Text.Json.Serialization.JsonSerializerContext;
