using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gate.Models.Blueprints;
using Gate.Models.Checkpoints;
using Gate.Models.Checkpoints.Gguf;
using Gate.Models.Families;

namespace Gate.Models.Gguf;

/// <summary>
/// The keys of a GGUF file as the <c>config.json</c> the file was made from, and the model they describe. Every fact is offered under all the names that
/// families have for it; the family takes those it knows. What the model then says of itself must be what the file says.
/// </summary>
/// <param name="Configuration">The configuration: the keys the family asked for.</param>
/// <param name="Blueprint">The model, matrices as the file holds them.</param>
/// <param name="Family">What llama.cpp calls it.</param>
internal sealed record GgufConfiguration(ModelConfiguration Configuration, Blueprint Blueprint, GgufFamily Family)
{
    // Keys that say nothing about the forward pass of one model, and those whose word is held against the shapes of tensors.
    private static readonly ImmutableArray<string> NotCompared =
    [
        "context_length", "vocab_size", "feed_forward_length", "expert_feed_forward_length", "tensor_data_layout", "rope.scaling.finetuned", "pooling_type",
        "rope.scaling.yarn_log_multiplier", "attention.max_alibi_bias", "embedding_length_out",
    ];

    /// <summary>Reads keys.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: missing or wrong (GATE3122), or something that Gate does not read (GATE3123).</exception>
    public static GgufConfiguration Read(GgufContent content)
    {
        string architecture = content.Text("general.architecture")
            ?? throw GgufDiagnostics.Metadata(content.Path, "general.architecture", "a text", "no such key");
        bool hasExperts = content.Integer($"{architecture}.expert_count", 0) > 0;
        if (GgufFamily.Of(architecture, hasExperts) is not { } found)
        {
            string known = string.Join(", ", GgufFamily.Architectures.Select(name => $"'{name}'"));
            throw GgufDiagnostics.Unsupported(content.Path, $"an architecture of {known}", $"'{architecture}'{(hasExperts ? " with experts" : "")}");
        }

        JsonObject offered = Offer(content, architecture, found.Known);
        offered["model_type"] = found.Family;
        FamilyConfiguration read = new(ModelConfiguration.Parse(content.Path, JsonSerializer.SerializeToUtf8Bytes(offered)));
        Blueprint blueprint = FamilyRegistry.Describe(read, TensorNames.AsStored);
        Check(content, architecture, GgufMetadata.Of(blueprint, found.Known));
        foreach (string key in offered.Select(pair => pair.Key).Where(key => !read.Asked.Contains(key) && key is not ("model_type" or "bos_token_id" or "eos_token_id")).ToList())
            offered.Remove(key);
        return new GgufConfiguration(ModelConfiguration.Parse(content.Path, JsonSerializer.SerializeToUtf8Bytes(offered)), blueprint, found.Known);
    }

    private static JsonObject Offer(GgufContent content, string architecture, GgufFamily family)
    {
        string Key(string name) => $"{architecture}.{name}";
        int hidden = content.Integer(Key("embedding_length")), heads = content.Integer(Key("attention.head_count")), blocks = content.Integer(Key("block_count"));
        int keyValueHeads = content.Integer(Key("attention.head_count_kv"), heads);
        int headSize = content.Integer(Key("attention.key_length"), Math.Max(1, hidden / heads)), rotated = content.Integer(Key("rope.dimension_count"), headSize);
        if (content.Integer(Key("attention.value_length"), headSize) != headSize)
            throw GgufDiagnostics.Unsupported(content.Path, $"values of {headSize}, the size of keys", "another size");
        bool divides = family.Pairing == Blueprints.Positions.RotaryPairing.Neighbours;
        if (rotated > headSize || (divides && rotated != headSize))
            throw GgufDiagnostics.Unsupported(content.Path, $"a rotation over {(divides ? "all" : "at most")} {headSize} values of a head", $"one over {rotated}");
        int inner = content.Integer(Key("feed_forward_length")), experts = content.Integer(Key("expert_count"), 0);
        double theta = content.Number(Key("rope.freq_base"), 10000);
        bool inputBias = content.Has("blk.0.attn_q.bias") || content.Has("blk.0.attn_qkv.bias"), twoNorms = content.Has("blk.0.attn_norm_2.weight");
        string epsilon = Key(content.HasKey(Key("attention.layer_norm_epsilon")) ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon");
        JsonObject offered = (JsonObject)family.BuiltIn.DeepClone();

        void Say(JsonNode? value, params ReadOnlySpan<string> names)
        {
            foreach (string name in names)
                offered[name] = value?.DeepClone();
        }

        Say(hidden, "hidden_size", "n_embd", "n_embed");
        Say(blocks, "num_hidden_layers", "n_layer");
        Say(heads, "num_attention_heads", "n_head");
        Say(keyValueHeads, "num_key_value_heads", "num_kv_heads");
        Say(headSize, "head_dim");
        Say(inner, "intermediate_size", "n_inner", "ffn_hidden_size");
        Say(content.ShapeOf("position_embd.weight") is [var rows, _] ? (int)rows : content.Integer(Key("context_length")), "max_position_embeddings", "n_positions");
        Say(content.ShapeOf("token_embd.weight") is [var tokens, _] ? (int)tokens : content.Integer(Key("vocab_size")), "vocab_size");
        Say(content.Number(epsilon), "rms_norm_eps", "layer_norm_eps", "layer_norm_epsilon", "norm_epsilon");
        Say(!content.Has("output.weight"), "tie_word_embeddings");
        Say(inputBias || content.Has("blk.0.attn_output.bias"), "attention_bias", "bias", "use_bias");
        Say(inputBias, "qkv_bias", "use_qkv_bias");
        Say(content.Has("blk.0.ffn_up.bias"), "mlp_bias");
        Say(theta, "rope_theta", "rotary_emb_base");
        Say(Share(rotated, headSize), "partial_rotary_factor", "rotary_pct");
        Say(content.Number(Key("rope.freq_base_swa"), 10000), "rope_local_base_freq");
        Say(blocks == family.BlocksOfWideScale ? hidden / heads : headSize, "query_pre_attn_scalar");
        Say(content.Number(Key("attention.scale"), (float)(1 / Math.Sqrt(headSize))), "attention_multiplier");
        Say(content.Number(Key("embedding_scale"), 1), "embedding_multiplier");
        Say(content.Number(Key("residual_scale"), 1), "residual_multiplier");
        Say(content.Number(Key("logit_scale"), 1), "logit_scale", "logits_scaling");
        Say(experts, "num_local_experts", "num_experts");
        Say(keyValueHeads == 1, "multi_query");
        Say(twoNorms || keyValueHeads > 1, "new_decoder_architecture");
        Say(twoNorms ? 2 : 1, "num_ln_in_parallel_attn");
        Optional("expert_used_count", "num_experts_per_tok", key => content.Integer(key));
        Optional("expert_feed_forward_length", "moe_intermediate_size", key => content.Integer(key));
        Optional("expert_shared_feed_forward_length", "shared_expert_intermediate_size", key => content.Integer(key));
        Optional("attention.sliding_window_pattern", "sliding_window_pattern", key => content.Integer(key));
        Optional("attn_logit_softcapping", "attn_logit_softcapping", key => content.Number(key));
        Optional("final_logit_softcapping", "final_logit_softcapping", key => content.Number(key));
        Optional("use_parallel_residual", "use_parallel_residual", key => content.Flag(key));
        if (family.HasWindow)
            Optional("attention.sliding_window", "sliding_window", key => content.Integer(key));
        if (content.TokenId("tokenizer.ggml.bos_token_id") is { } beginning)
            Say(beginning, "bos_token_id");
        if (content.TokenId("tokenizer.ggml.eos_token_id") is { } end)
            Say(end, "eos_token_id");
        if (GgufScaling.Read(content, architecture, theta, rotated) is { } scaling)
            Say(scaling, "rope_scaling");
        return offered;

        void Optional(string name, string key, Func<string, JsonNode?> value)
        {
            if (content.HasKey(Key(name)))
                Say(value(Key(name)), key);
        }
    }

    // A share that a family multiplies by the head's size and cuts gives the same whole number back.
    private static double Share(int rotated, int headSize)
    {
        double share = (double)rotated / headSize;
        return (int)(headSize * share) == rotated ? share : Math.BitIncrement(share);
    }

    // What the model says of itself against what the file says: a key nobody read could change the arithmetic.
    private static void Check(GgufContent content, string architecture, IReadOnlyList<(string Key, object Value)> derived)
    {
        Dictionary<string, object> said = derived.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        foreach ((string key, object? value) in content.Keys)
        {
            if (!key.StartsWith(architecture + ".", StringComparison.Ordinal) || NotCompared.Contains(key[(architecture.Length + 1)..]) || IsNeutral(value))
                continue;
            if (!said.TryGetValue(key, out object? meant))
                throw GgufDiagnostics.Unsupported(content.Path, $"keys that Gate knows of the architecture '{architecture}'", $"'{key}', which may change what the model computes");
            if (!IsSame(meant, value))
                throw GgufDiagnostics.Unsupported(content.Path, FormattableString.Invariant($"'{key}' of {meant}, all that Gate computes of the architecture"), FormattableString.Invariant($"{value}"));
        }
    }

    private static bool IsNeutral(object? value) => value is "none" or 0L or 0.0 or false;

    private static bool IsSame(object meant, object? value) => (meant, value) switch
    {
        (int number, long found) => number == found,
        (double number, double found) => Math.Abs(number - found) <= 1e-6 * Math.Abs(number),
        (bool or string, _) => meant.Equals(value),
        _ => false,
    };
}
