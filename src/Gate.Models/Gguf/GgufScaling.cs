using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Gate.Models.Blueprints.Positions;
using Gate.Models.Checkpoints.Gguf;

namespace Gate.Models.Gguf;

/// <summary>How rotary positions are stretched, as keys and tensors of a file say it: one table for reading and writing.</summary>
internal static class GgufScaling
{
    /// <summary>Divisors of all frequencies (Llama 3).</summary>
    public const string Divisors = "rope_freqs.weight";

    /// <summary>Divisors within the original context (LongRoPE).</summary>
    public const string Near = "rope_factors_short.weight";

    /// <summary>Divisors beyond it.</summary>
    public const string Far = "rope_factors_long.weight";

    /// <summary>Whether a tensor is one that only says how positions are stretched.</summary>
    public static bool Is(string tensor) => tensor is Divisors or Near or Far;

    /// <summary>The tensors of a rotation; none for those that keys describe.</summary>
    /// <param name="rotary">The rotation, or null.</param>
    /// <param name="family">What llama.cpp calls the family.</param>
    public static ImmutableArray<(string Name, float[] Values)> TensorsOf(Rotary? rotary, GgufFamily family) => rotary?.Scaling switch
    {
        Llama3Rotary scaling when family.HasDivisors && Llama3Frequencies.Divisors(scaling, rotary.Size / 2, rotary.Theta) is { } divisors => [(Divisors, divisors)],
        LongRotary scaling => [(Near, [.. scaling.Short]), (Far, [.. scaling.Long])],
        _ => [],
    };

    /// <summary><c>rope_scaling</c>, or null for none.</summary>
    /// <param name="content">The file.</param>
    /// <param name="architecture">Its architecture.</param>
    /// <param name="theta">Base of the frequencies.</param>
    /// <param name="rotated">Values of a head that are rotated.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: GATE3122 or GATE3123.</exception>
    public static JsonObject? Read(GgufContent content, string architecture, double theta, int rotated)
    {
        string scaling = $"{architecture}.rope.scaling";
        string? type = content.Text($"{scaling}.type");
        double factor = content.Number($"{scaling}.factor", content.Number($"{architecture}.rope.scale_linear", 1));
        if (content.ShapeOf(Divisors) is { } shape)
        {
            if (type is not (null or "none") || shape is not [var half] || half != rotated / 2)
                throw GgufDiagnostics.Unsupported(content.Path, $"'{Divisors}' of one F32 factor for each rotated pair", $"[{string.Join(", ", shape)}], type '{type}'");
            return Llama3Frequencies.Read(content.Path, content.SinglesOf(Divisors), theta);
        }

        if (content.Has(Near) && content.Has(Far))
        {
            return new JsonObject
            {
                ["rope_type"] = "longrope",
                ["short_factor"] = Numbers(content.SinglesOf(Near)),
                ["long_factor"] = Numbers(content.SinglesOf(Far)),
                ["attention_factor"] = content.Number($"{scaling}.attn_factor", 1),
                ["original_max_position_embeddings"] = content.Integer($"{scaling}.original_context_length"),
            };
        }

        return type switch
        {
            null or "none" when factor == 1 || type is not null => null,
            "linear" or null => new JsonObject { ["rope_type"] = "linear", ["factor"] = factor },
            "yarn" => new JsonObject
            {
                ["rope_type"] = "yarn",
                ["factor"] = factor,
                ["original_max_position_embeddings"] = content.Integer($"{scaling}.original_context_length"),
            },
            _ => throw GgufDiagnostics.Unsupported(content.Path, $"'{scaling}.type' of none, linear or yarn", $"'{type}'"),
        };
    }

    private static JsonArray Numbers(float[] values) => [.. values.Select(value => (JsonNode)(double)value)];
}
