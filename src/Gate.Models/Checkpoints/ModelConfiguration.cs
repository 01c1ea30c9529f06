using System.Text.Json;
using Gate.Diagnostics;
using Gate.Models.Checkpoints.Json;

namespace Gate.Models.Checkpoints;

/// <summary>
/// A model's <c>config.json</c>: the family it names and typed, checked access to its other keys. Unknown keys are left alone, for the file belongs to
/// the model's makers. Every refusal (GATE3004) names file, line, column, key, what was expected and what was found.
/// </summary>
public sealed class ModelConfiguration
{
    /// <summary>A configuration is a page of text; anything larger is something else.</summary>
    internal const long MaximumBytes = 64L << 20;

    private const string Remedy = "Correct config.json, or download it again from where the model came from.";

    private readonly CheckedJson _json;

    private ModelConfiguration(CheckedJson json) => _json = json;

    /// <summary>Parses the text of a <c>config.json</c>.</summary>
    /// <param name="path">Where it was read from, for messages.</param>
    /// <param name="json">The file's text.</param>
    /// <exception cref="GateException">Exit 4: not UTF-8, not JSON, not an object, or the same key twice (GATE3004).</exception>
    public static ModelConfiguration Parse(string path, ReadOnlyMemory<byte> json) => new(JsonSource.Of(path, json, "GATE3004", Remedy).Parse());

    /// <summary>Reads a <c>config.json</c>, or a file of its form.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="GateException">Exit 4 (GATE3004): unreadable, or as <see cref="Parse"/>.</exception>
    public static ModelConfiguration Read(string path) => new(JsonSource.Read(path, "GATE3004", Remedy, MaximumBytes).Parse());

    /// <summary>Where it was read from, for messages.</summary>
    public string Path => _json.Source.Path;

    /// <summary><c>model_type</c>, for example <c>llama</c>.</summary>
    /// <exception cref="GateException">Exit 4: missing or not a text.</exception>
    public string ModelType => _json.Require("model_type", "a text such as \"llama\"").AsString();

    /// <summary>The whole document, for keys a writer must carry over unchanged.</summary>
    public JsonElement Root => _json.Element;

    /// <summary>A required integer of at least <paramref name="minimum"/>.</summary>
    /// <exception cref="GateException">Exit 4: missing, not an integer, or too small.</exception>
    public int RequireInt32(string key, int minimum = 1) => _json.Require(key, $"an integer of at least {minimum}").AsInt32(minimum);

    /// <summary>An optional integer; <paramref name="fallback"/> when absent or null.</summary>
    /// <exception cref="GateException">Exit 4: not an integer.</exception>
    public int GetInt32(string key, int fallback) => _json.Find(key)?.AsInt32() ?? fallback;

    /// <summary>An optional finite number; <paramref name="fallback"/> when absent or null.</summary>
    /// <exception cref="GateException">Exit 4: not a finite number.</exception>
    public double GetDouble(string key, double fallback) => _json.Find(key)?.AsDouble() ?? fallback;

    /// <summary>An optional truth value; <paramref name="fallback"/> when absent or null.</summary>
    /// <exception cref="GateException">Exit 4: neither true nor false.</exception>
    public bool GetBoolean(string key, bool fallback) => _json.Find(key)?.AsBoolean() ?? fallback;

    /// <summary>An optional text; null when absent or null.</summary>
    /// <exception cref="GateException">Exit 4: not a text.</exception>
    public string? GetString(string key) => _json.Find(key)?.AsString();

    /// <summary>An optional nested object (such as <c>rope_scaling</c>) as a configuration of its own; null when absent or null.</summary>
    /// <exception cref="GateException">Exit 4: not an object.</exception>
    public ModelConfiguration? GetObject(string key)
    {
        CheckedJson? value = _json.Find(key);
        if (value is null)
            return null;
        return value.Is(JsonValueKind.Object) ? new ModelConfiguration(value) : throw value.Expected("an object");
    }

    /// <summary>An optional list of texts (such as <c>layer_types</c>); null when absent or null.</summary>
    /// <exception cref="GateException">Exit 4: not a list of texts.</exception>
    public IReadOnlyList<string>? GetTexts(string key) => _json.Find(key) is { } value ? [.. value.Items().Select(item => item.AsString())] : null;

    /// <summary>An optional list of integers; null when absent or null.</summary>
    /// <exception cref="GateException">Exit 4: not a list of integers.</exception>
    public IReadOnlyList<int>? GetIntegers(string key) => _json.Find(key) is { } value ? [.. value.Items().Select(item => item.AsInt32())] : null;

    /// <summary>An optional list of finite numbers; null when absent or null.</summary>
    /// <exception cref="GateException">Exit 4: not a list of finite numbers.</exception>
    public IReadOnlyList<double>? GetNumbers(string key) => _json.Find(key) is { } value ? [.. value.Items().Select(item => item.AsDouble())] : null;

    /// <summary>Token ids under a key that may hold one id or a list (such as <c>eos_token_id</c>); empty when absent.</summary>
    /// <exception cref="GateException">Exit 4: neither an id of at least 0 nor a list of such.</exception>
    public IReadOnlyList<int> GetTokenIds(string key)
    {
        CheckedJson? value = _json.Find(key);
        if (value is null)
            return [];
        return value.Is(JsonValueKind.Array) ? [.. value.Items().Select(item => item.AsInt32(0))] : [value.AsInt32(0)];
    }

    /// <summary>The refusal of a key's value for a reason only the caller can know, at the key's line and column.</summary>
    /// <param name="key">A key of this configuration; the object itself is meant when it has none of that name.</param>
    /// <param name="reason">What was expected and what was found, without a full stop.</param>
    /// <returns>The exception to throw (exit 4, GATE3004).</returns>
    public GateException Refuse(string key, string reason) => (_json.Find(key) ?? _json).Refuse(reason);
}
