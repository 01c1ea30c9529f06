using System.Text.Json;
using Gate.Models.Checkpoints;
using Gate.Models.Checkpoints.Gguf;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Gguf;

/// <summary>The metadata of a Llama in GGUF as the <c>config.json</c> it was made from.</summary>
internal sealed class GgufConfiguration
{
    private readonly GgufFile _gguf;
    private readonly string _path;

    private GgufConfiguration(GgufFile gguf) => (_gguf, _path) = (gguf, gguf.File.Path);

    /// <summary>Reads the metadata.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: missing or wrong (GATE3122), or not a plain Llama (GATE3123).</exception>
    public static ModelConfiguration Read(GgufFile gguf) => new GgufConfiguration(gguf).Build();

    private ModelConfiguration Build()
    {
        string architecture = Text("general.architecture") ?? throw GgufDiagnostics.Metadata(_path, "general.architecture", "a text", "no such key");
        if (architecture != "llama")
            throw GgufDiagnostics.Unsupported(_path, "the architecture 'llama'", $"'{architecture}'");
        if (Integer("llama.expert_count", 0) > 0)
            throw GgufDiagnostics.Unsupported(_path, "a model without experts", "a mixture of experts");

        int hidden = Required("llama.embedding_length"), heads = Required("llama.attention.head_count");
        int headSize = Integer("llama.attention.key_length", hidden / heads);
        if (Integer("llama.attention.value_length", headSize) != headSize || Integer("llama.rope.dimension_count", headSize) != headSize)
            throw GgufDiagnostics.Unsupported(_path, $"values and rotation over all {headSize} values of a head", "other sizes");
        double theta = Number("llama.rope.freq_base", 10000);
        GgufTensor? embedding = Tensor("token_embd.weight");
        bool hasBias = Tensor("blk.0.attn_q.bias") is not null, hasOutputBias = Tensor("blk.0.attn_output.bias") is not null;

        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteString("model_type", "llama");
            json.WriteString("hidden_act", "silu");
            json.WriteNumber("hidden_size", hidden);
            json.WriteNumber("intermediate_size", Required("llama.feed_forward_length"));
            json.WriteNumber("num_hidden_layers", Required("llama.block_count"));
            json.WriteNumber("num_attention_heads", heads);
            json.WriteNumber("num_key_value_heads", Integer("llama.attention.head_count_kv", heads));
            json.WriteNumber("head_dim", headSize);
            json.WriteNumber("max_position_embeddings", Required("llama.context_length"));
            json.WriteNumber("rms_norm_eps", Number("llama.attention.layer_norm_rms_epsilon", null));
            json.WriteNumber("rope_theta", theta);
            json.WriteNumber("vocab_size", embedding is null ? Required("llama.vocab_size") : (int)embedding.Shape[0]);
            json.WriteBoolean("tie_word_embeddings", Tensor("output.weight") is null);
            json.WriteBoolean("attention_bias", hasBias || hasOutputBias);
            WriteId(json, "bos_token_id", "tokenizer.ggml.bos_token_id");
            WriteId(json, "eos_token_id", "tokenizer.ggml.eos_token_id");
            json.WriteBoolean("mlp_bias", Tensor("blk.0.ffn_up.bias") is not null);
            WriteScaling(json, theta, headSize);
            json.WriteEndObject();
        }

        return ModelConfiguration.Parse(_path, stream.ToArray());
    }

    private void WriteId(Utf8JsonWriter json, string name, string key)
    {
        if (_gguf.Metadata.ContainsKey(key))
            json.WriteNumber(name, Integer(key, 0));
    }

    private void WriteScaling(Utf8JsonWriter json, double theta, int headSize)
    {
        string? type = Text("llama.rope.scaling.type");
        double factor = Number("llama.rope.scaling.factor", Number("llama.rope.scale_linear", 1));
        if (Tensor("rope_freqs.weight") is { } factors)
        {
            if (type is not (null or "none") || factors.PlainFormat != NumberFormat.Float32 || factors.Shape is not [var half] || half != headSize / 2)
                throw GgufDiagnostics.Unsupported(_path, "'rope_freqs.weight' of one F32 factor for each rotated pair", $"{factors.Format} {factors.Stored.ShapeText}");
            float[] values = new float[headSize / 2];
            Widening.ToSingles(NumberFormat.Float32, _gguf.File.Read(factors.Stored.Offset, (int)factors.Stored.Length), values);
            Llama3Frequencies.Write(json, _path, values, theta);
        }
        else if (type is "linear" || (type is null && factor != 1))
        {
            json.WriteStartObject("rope_scaling");
            json.WriteString("rope_type", "linear");
            json.WriteNumber("factor", factor);
            json.WriteEndObject();
        }
        else if (type is "yarn")
        {
            json.WriteStartObject("rope_scaling");
            json.WriteString("rope_type", "yarn");
            json.WriteNumber("factor", factor);
            json.WriteNumber("original_max_position_embeddings", Required("llama.rope.scaling.original_context_length"));
            json.WriteEndObject();
        }
        else if (type is not (null or "none"))
        {
            throw GgufDiagnostics.Unsupported(_path, "'llama.rope.scaling.type' of none, linear or yarn", $"'{type}'");
        }
    }

    private GgufTensor? Tensor(string name) => _gguf.Tensors.FirstOrDefault(tensor => tensor.Stored.Name == name);

    private string? Text(string key) => _gguf.Metadata.TryGetValue(key, out object? value)
        ? value as string ?? throw GgufDiagnostics.Metadata(_path, key, "a text", Describe(value))
        : null;

    private int Required(string key) => _gguf.Metadata.ContainsKey(key)
        ? Integer(key, 0)
        : throw GgufDiagnostics.Metadata(_path, key, "an integer of at least 1", "no such key");

    private int Integer(string key, int fallback)
    {
        if (!_gguf.Metadata.TryGetValue(key, out object? value))
            return fallback;
        return value is long and >= 1 and <= int.MaxValue ? (int)(long)value
            : value is long and 0 && fallback == 0 ? 0
            : throw GgufDiagnostics.Metadata(_path, key, "an integer of at least 1", Describe(value));
    }

    private double Number(string key, double? fallback)
    {
        if (!_gguf.Metadata.TryGetValue(key, out object? value))
            return fallback ?? throw GgufDiagnostics.Metadata(_path, key, "a positive number", "no such key");
        return value is double number && double.IsFinite(number) && number > 0
            ? number
            : throw GgufDiagnostics.Metadata(_path, key, "a positive number", Describe(value));
    }

    private static string Describe(object? value) => FormattableString.Invariant($"{value ?? "an array"}");
}
