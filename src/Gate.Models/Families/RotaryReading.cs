using System.Collections.Immutable;
using Gate.Models.Blueprints.Positions;
using Gate.Models.Checkpoints;

namespace Gate.Models.Families;

/// <summary>
/// Reads rotary positions: the old keys (<c>rope_theta</c>, <c>rope_scaling</c> with <c>type</c> or <c>rope_type</c>), and <c>rope_parameters</c>, which
/// holds both, flat or one object for each of <c>layer_types</c>.
/// </summary>
internal static class RotaryReading
{
    private const double DefaultTheta = 10000;
    private const string ParametersKey = "rope_parameters", ScalingKey = "rope_scaling", ThetaKey = "rope_theta", PartialKey = "partial_rotary_factor";

    // What the kinds of scaling read, and what is written beside them without an effect.
    private static readonly string[] UnderstoodKeys =
    [
        ThetaKey, "rope_type", "type", "factor", PartialKey, "low_freq_factor", "high_freq_factor", "original_max_position_embeddings", "beta_fast", "beta_slow",
        "attention_factor", "mscale", "mscale_all_dim", "truncate", "short_factor", "long_factor", "finetuned",
    ];

    /// <summary>Reads the positions of one layer.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="headSize">Values per head.</param>
    /// <param name="layerType">One of <c>layer_types</c>, where parameters may differ by it.</param>
    /// <param name="theta">Base where no key says one.</param>
    /// <param name="share">Rotated share of a head where no key says one.</param>
    /// <param name="positions">Longest context where <c>max_position_embeddings</c> is absent; null where it must be there.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: an unknown scaling, a key nobody knows, or a value out of range.</exception>
    public static Rotary Read(
        FamilyConfiguration configuration, int headSize, string? layerType = null, double theta = DefaultTheta, double share = 1, int? positions = null)
    {
        int context = positions is { } known ? configuration.Tokens("max_position_embeddings", known) : configuration.Tokens("max_position_embeddings");
        ModelConfiguration? parameters = Parameters(configuration, layerType);
        ModelConfiguration? legacy = configuration.Object(ScalingKey), scaling = parameters ?? legacy;
        double outer = configuration.Positive(ThetaKey, theta), rotated = configuration.Positive(PartialKey, share);
        if (parameters is not null)
        {
            outer = Positive(parameters, ThetaKey, outer);
            rotated = Positive(parameters, PartialKey, rotated);
        }

        if (scaling is not null)
            RefuseUnknown(scaling);
        int size = (int)(headSize * rotated);
        if (size < 2 || size % 2 != 0 || size > headSize)
            throw configuration.Unsupported(PartialKey, $"{rotated}", $"a share of {headSize} values that is even");
        return new Rotary(size, outer, context, Scaling(configuration, scaling, context, size));
    }

    // Nested by layer type where a value of it is an object; then a layer's own type must be among them.
    private static ModelConfiguration? Parameters(FamilyConfiguration configuration, string? layerType)
    {
        if (configuration.Object(ParametersKey) is not { } parameters)
            return null;
        string[] nested = [.. parameters.Root.EnumerateObject().Where(pair => pair.Value.ValueKind == System.Text.Json.JsonValueKind.Object).Select(pair => pair.Name)];
        if (nested.Length == 0)
            return parameters;
        string type = layerType ?? (nested.Length == 1 ? nested[0] : "full_attention");
        return parameters.GetObject(type) ?? throw FamilyConfiguration.Unsupported(parameters, type, "no parameters of that layer type", $"an object '{type}'");
    }

    private static void RefuseUnknown(ModelConfiguration scaling)
    {
        foreach (string key in scaling.Root.EnumerateObject().Select(pair => pair.Name))
        {
            if (!UnderstoodKeys.Contains(key))
                throw FamilyConfiguration.Unsupported(scaling, key, $"'{key}'", $"one of {string.Join(", ", UnderstoodKeys)}");
        }
    }

    private static RotaryScaling Scaling(FamilyConfiguration configuration, ModelConfiguration? scaling, int context, int size)
    {
        // "type" is the key of configurations written before 2024.
        string kind = scaling?.GetString("rope_type") ?? scaling?.GetString("type") ?? "default";
        return (kind, scaling) switch
        {
            ("default", _) => new DefaultRotary(),
            ("linear", not null) => new LinearRotary(Factor(scaling)),
            ("dynamic", not null) => new DynamicRotary(Factor(scaling)),
            ("llama3", not null) => Llama3(scaling),
            ("yarn", not null) => Yarn(configuration, scaling, context),
            ("longrope" or "su", not null) => Long(configuration, scaling, context, size),
            _ => throw FamilyConfiguration.Unsupported(scaling!, "rope_type", $"'{kind}'", "default, linear, dynamic, llama3, yarn or longrope"),
        };
    }

    private static Llama3Rotary Llama3(ModelConfiguration scaling)
    {
        double low = Positive(scaling, "low_freq_factor", 1), high = Positive(scaling, "high_freq_factor", 4);
        if (high <= low)
            throw FamilyConfiguration.Unsupported(scaling, "high_freq_factor", $"{high}", $"more than low_freq_factor ({low})");
        return new Llama3Rotary(Factor(scaling), low, high, scaling.RequireInt32("original_max_position_embeddings"));
    }

    private static YarnRotary Yarn(FamilyConfiguration configuration, ModelConfiguration scaling, int context)
    {
        int original = Original(configuration, scaling, context);
        double factor = Factor(scaling, original < context ? (double)context / original : 0);
        double scale = scaling.GetDouble("mscale", 0), scaleAll = scaling.GetDouble("mscale_all_dim", 0);
        double attention = scale != 0 && scaleAll != 0
            ? YarnRotary.AttentionOf(factor, scale) / YarnRotary.AttentionOf(factor, scaleAll)
            : YarnRotary.AttentionOf(factor, 1);
        return new YarnRotary(
            factor,
            Positive(scaling, "beta_fast", 32),
            Positive(scaling, "beta_slow", 1),
            original,
            Positive(scaling, "attention_factor", attention),
            scaling.GetBoolean("truncate", true),
            original < context);
    }

    private static LongRotary Long(FamilyConfiguration configuration, ModelConfiguration scaling, int context, int size)
    {
        int original = Original(configuration, scaling, context);
        double factor = Factor(scaling, Math.Max(1, (double)context / original));
        double attention = factor <= 1 ? 1 : Math.Sqrt(1 + (Math.Log(factor) / Math.Log(original)));
        return new LongRotary(Divisors("short_factor"), Divisors("long_factor"), original, Positive(scaling, "attention_factor", attention));

        ImmutableArray<float> Divisors(string key)
        {
            IReadOnlyList<double> values = scaling.GetNumbers(key) ?? [];
            return values.Count == size / 2 && values.All(value => value > 0)
                ? [.. values.Select(value => (float)value)]
                : throw FamilyConfiguration.Unsupported(scaling, key, $"{values.Count} numbers", $"{size / 2} positive numbers, one for each rotated pair");
        }
    }

    // Phi-3 names it beside max_position_embeddings, others inside the scaling.
    private static int Original(FamilyConfiguration configuration, ModelConfiguration scaling, int context)
    {
        const string Key = "original_max_position_embeddings";
        int outer = configuration.Tokens(Key, context);
        return Math.Max(1, scaling.GetInt32(Key, outer));
    }

    // At least 1; required unless something else implies it.
    private static double Factor(ModelConfiguration scaling, double implied = 0)
    {
        double factor = scaling.GetDouble("factor", implied);
        return factor >= 1 && factor <= FamilyConfiguration.MaximumTokens
            ? factor
            : throw FamilyConfiguration.Unsupported(scaling, "factor", factor == 0 ? "absent or 0" : $"{factor}", "a number of at least 1");
    }

    private static double Positive(ModelConfiguration configuration, string key, double fallback)
    {
        double value = configuration.GetDouble(key, fallback);
        return value > 0 && double.IsFinite(value) ? value : throw FamilyConfiguration.Unsupported(configuration, key, $"{value}", "a finite number greater than 0");
    }
}
