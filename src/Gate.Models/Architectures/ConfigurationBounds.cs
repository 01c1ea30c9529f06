using Gate.Diagnostics;
using Gate.Models.Checkpoints;

namespace Gate.Models.Architectures;

/// <summary>Configuration values within the limits a forward pass can be built for; refused before anything is allocated from them.</summary>
internal static class ConfigurationBounds
{
    /// <summary>Most blocks of a model; the largest published models have about 130.</summary>
    public const int MaximumLayers = 4096;

    /// <summary>Widest hidden, intermediate or head dimension.</summary>
    public const int MaximumWidth = 1 << 22;

    /// <summary>Largest vocabulary and longest context.</summary>
    public const int MaximumTokens = 1 << 28;

    /// <summary>A required integer from 1 to <paramref name="maximum"/>.</summary>
    public static int Require(ModelConfiguration configuration, string key, int maximum) =>
        Within(configuration, key, configuration.RequireInt32(key), 1, maximum);

    /// <summary>An optional integer from 1 to <paramref name="maximum"/>.</summary>
    public static int Get(ModelConfiguration configuration, string key, int fallback, int maximum) =>
        Within(configuration, key, configuration.GetInt32(key, fallback), 1, maximum);

    /// <summary>An optional finite number greater than zero.</summary>
    public static double GetPositive(ModelConfiguration configuration, string key, double fallback)
    {
        double value = configuration.GetDouble(key, fallback);
        return value > 0 && double.IsFinite(value)
            ? value
            : throw Unsupported(configuration, key, $"{value}", "a finite number greater than 0");
    }

    /// <summary>The error for a value Gate cannot run.</summary>
    public static GateException Unsupported(ModelConfiguration configuration, string key, string found, string expected) =>
        GateException.Input(
            "GATE3081",
            $"{configuration.Path}: '{key}': expected {expected}, found {found}.",
            configuration.Refuse(key, "").Diagnostic.Location,
            "Check that config.json is the one the model was saved with.");

    private static int Within(ModelConfiguration configuration, string key, int value, int minimum, int maximum) =>
        value >= minimum && value <= maximum ? value : throw Unsupported(configuration, key, $"{value}", $"{minimum} to {maximum}");
}
