using System.Text.Json;

namespace Gate.Models.Checkpoints;

/// <summary>A model's <c>config.json</c>: the family it names and typed, checked access to its other keys.</summary>
public sealed class ModelConfiguration
{
    /// <summary>Parses the text of a <c>config.json</c>.</summary>
    /// <param name="path">Where it was read from, for messages.</param>
    /// <param name="json">The file's text.</param>
    public static ModelConfiguration Parse(string path, ReadOnlyMemory<byte> json) => throw new NotImplementedException();

    /// <summary>Where it was read from, for messages.</summary>
    public string Path => throw new NotImplementedException();

    /// <summary><c>model_type</c>, for example <c>llama</c>.</summary>
    public string ModelType => throw new NotImplementedException();

    /// <summary>The whole document, for keys a writer must carry over unchanged.</summary>
    public JsonElement Root => throw new NotImplementedException();

    /// <summary>A required integer of at least <paramref name="minimum"/>.</summary>
    public int RequireInt32(string key, int minimum = 1) => throw new NotImplementedException();

    /// <summary>An optional integer; <paramref name="fallback"/> when absent or null.</summary>
    public int GetInt32(string key, int fallback) => throw new NotImplementedException();

    /// <summary>An optional finite number; <paramref name="fallback"/> when absent or null.</summary>
    public double GetDouble(string key, double fallback) => throw new NotImplementedException();

    /// <summary>An optional truth value; <paramref name="fallback"/> when absent or null.</summary>
    public bool GetBoolean(string key, bool fallback) => throw new NotImplementedException();

    /// <summary>An optional text; null when absent or null.</summary>
    public string? GetString(string key) => throw new NotImplementedException();

    /// <summary>An optional nested object (such as <c>rope_scaling</c>) as a configuration of its own; null when absent or null.</summary>
    public ModelConfiguration? GetObject(string key) => throw new NotImplementedException();

    /// <summary>Token ids under a key that may hold one id or a list (such as <c>eos_token_id</c>); empty when absent.</summary>
    public IReadOnlyList<int> GetTokenIds(string key) => throw new NotImplementedException();
}
