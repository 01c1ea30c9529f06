using Gate.Diagnostics;
using Gate.Models.Blueprints;
using Gate.Models.Checkpoints;

namespace Gate.Models.Families;

/// <summary>
/// A configuration as a family reads it: values within the limits a forward pass can be built for, refused before anything is allocated from them, and a
/// note of every key that was asked for, so that a key nobody understood can be told from one that was.
/// </summary>
internal sealed class FamilyConfiguration(ModelConfiguration configuration)
{
    /// <summary>Most blocks of a model; the largest published models have about 130.</summary>
    public const int MaximumLayers = 4096;

    /// <summary>Widest hidden, intermediate or head dimension.</summary>
    public const int MaximumWidth = 1 << 22;

    /// <summary>Largest vocabulary and longest context.</summary>
    public const int MaximumTokens = 1 << 28;

    /// <summary>What <c>layer_types</c> calls a block that attends through a window.</summary>
    public const string SlidingLayer = "sliding_attention";

    /// <summary>What <c>layer_types</c> calls a block that attends to everything before.</summary>
    public const string FullLayer = "full_attention";

    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary><c>model_type</c>.</summary>
    public string ModelType => configuration.ModelType;

    /// <summary>The keys that were asked for so far.</summary>
    public IReadOnlySet<string> Asked => _asked;

    /// <summary>Where it was read from, for messages.</summary>
    public string Path => configuration.Path;

    /// <summary>A required width.</summary>
    public int Width(string key) => Within(key, configuration.RequireInt32(Ask(key)), 1, MaximumWidth);

    /// <summary>An optional width.</summary>
    public int Width(string key, int fallback) => Within(key, configuration.GetInt32(Ask(key), fallback), 1, MaximumWidth);

    /// <summary>A required number of blocks.</summary>
    public int Layers(string key) => Within(key, configuration.RequireInt32(Ask(key)), 1, MaximumLayers);

    /// <summary>An optional number of blocks.</summary>
    public int Layers(string key, int fallback) => Within(key, configuration.GetInt32(Ask(key), fallback), 1, MaximumLayers);

    /// <summary>A required number of tokens: the vocabulary or a context.</summary>
    public int Tokens(string key) => Within(key, configuration.RequireInt32(Ask(key)), 1, MaximumTokens);

    /// <summary>An optional number of tokens.</summary>
    public int Tokens(string key, int fallback) => Within(key, configuration.GetInt32(Ask(key), fallback), 1, int.MaxValue);

    /// <summary>An optional integer of any size.</summary>
    public int Integer(string key, int fallback) => configuration.GetInt32(Ask(key), fallback);

    /// <summary>An optional token id; null when absent.</summary>
    public int? TokenId(string key) => configuration.GetTokenIds(Ask(key)) is [var id, ..] ? id : null;

    /// <summary>An optional finite number greater than zero.</summary>
    public double Positive(string key, double fallback)
    {
        double value = configuration.GetDouble(Ask(key), fallback);
        return value > 0 && double.IsFinite(value) ? value : throw Unsupported(key, $"{value}", "a finite number greater than 0");
    }

    /// <summary>Whether a key stands in the configuration, be its value null.</summary>
    public bool Has(string key) => configuration.Root.TryGetProperty(Ask(key), out _);

    /// <summary>A bound of scores; 0 for none, which null means.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">Its value where the key is absent.</param>
    public float Cap(string key, double fallback = 0)
    {
        double value = Has(key) ? configuration.GetDouble(key, 0) : fallback;
        return value >= 0 ? (float)value : throw Unsupported(key, $"{value}", "a number of at least 0");
    }

    /// <summary>An optional truth value.</summary>
    public bool Flag(string key, bool fallback = false) => configuration.GetBoolean(Ask(key), fallback);

    /// <summary>An optional text.</summary>
    public string? Text(string key) => configuration.GetString(Ask(key));

    /// <summary>An optional nested object.</summary>
    public ModelConfiguration? Object(string key) => configuration.GetObject(Ask(key));

    /// <summary>An optional list of texts; null when absent.</summary>
    public IReadOnlyList<string>? Texts(string key) => configuration.GetTexts(Ask(key));

    /// <summary>What <c>layer_types</c> says of each block, or what is meant where it is absent.</summary>
    /// <param name="layers">Number of blocks.</param>
    /// <param name="meant">Whether a block attends through a window where the key is absent.</param>
    /// <returns>Whether each block attends through a window.</returns>
    public bool[] Windowed(int layers, Func<int, bool> meant)
    {
        const string Key = "layer_types";
        if (Texts(Key) is not { } types)
            return [.. Enumerable.Range(0, layers).Select(meant)];
        if (types.Count != layers)
            throw Unsupported(Key, $"{types.Count} types", $"one for each of the {layers} blocks");
        return
        [
            .. types.Select(type => type switch
            {
                SlidingLayer => true,
                FullLayer => false,
                _ => throw Unsupported(Key, $"'{type}'", $"'{FullLayer}' or '{SlidingLayer}'"),
            }),
        ];
    }

    /// <summary>The <c>sliding_window</c> of blocks that have one.</summary>
    /// <param name="fallback">Its value where the key is absent; null where then there is none.</param>
    public int Window(int? fallback = null)
    {
        const string Key = "sliding_window";
        return Has(Key) || fallback is null ? Tokens(Key, Attention.NoWindow) : fallback.Value;
    }

    /// <summary>An optional list of whole numbers; null when absent.</summary>
    public IReadOnlyList<int>? Integers(string key) => configuration.GetIntegers(Ask(key));

    /// <summary>An activation.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">Its value where it is absent.</param>
    public Activation Activation(string key, string fallback)
    {
        string name = Text(key) ?? fallback;
        return name switch
        {
            "silu" or "swish" => Blueprints.Activation.Silu,
            "gelu" or "gelu_python" => Blueprints.Activation.Gelu,
            "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" or "gelu_accurate" => Blueprints.Activation.GeluTanh,
            "relu" => Blueprints.Activation.Relu,
            _ => throw Unsupported(key, $"'{name}'", "'silu', 'gelu', 'gelu_new', 'gelu_pytorch_tanh', 'gelu_fast' or 'relu'"),
        };
    }

    /// <summary>Refuses every other value of a key that would change the arithmetic.</summary>
    /// <param name="key">The key.</param>
    /// <param name="only">The one value there is code for; also meant where the key is absent.</param>
    public void Only(string key, bool only)
    {
        if (Flag(key, only) != only)
            throw Unsupported(key, only ? "false" : "true", only ? "true" : "false");
    }

    /// <summary>As <see cref="Only(string, bool)"/>, of texts.</summary>
    public void Only(string key, params string[] only)
    {
        if (Text(key) is { } text && !only.Contains(text))
            throw Unsupported(key, $"'{text}'", string.Join(" or ", only.Select(one => $"'{one}'")));
    }

    /// <summary>The error for a value Gate cannot run.</summary>
    public GateException Unsupported(string key, string found, string expected) => Unsupported(configuration, key, found, expected);

    /// <summary>As <see cref="Unsupported(string, string, string)"/>, of a nested object.</summary>
    public static GateException Unsupported(ModelConfiguration configuration, string key, string found, string expected) => GateException.Input(
        "GATE3081",
        $"{configuration.Path}: '{key}': expected {expected}, found {found}.",
        configuration.Refuse(key, "").Diagnostic.Location,
        "Check that config.json is the one the model was saved with.");

    private string Ask(string key)
    {
        _asked.Add(key);
        return key;
    }

    private int Within(string key, int value, int minimum, int maximum) =>
        value >= minimum && value <= maximum ? value : throw Unsupported(key, $"{value}", $"{minimum} to {maximum}");
}
