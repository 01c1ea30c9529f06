using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;

namespace Gate.Models.Families;

/// <summary>
/// What the keys of a configuration do that a family did not ask for. A key that changes the arithmetic is never ignored; a harmless leftover is never
/// refused. Keys in no table are judged by their names: those that speak of what the forward pass is made of are refused.
/// </summary>
internal static class ConfigurationKeys
{
    // Training, generation, other heads, bookkeeping: nothing of it reaches a forward pass.
    private static readonly FrozenSet<string> Harmless = FrozenSet.Create(
        StringComparer.Ordinal,
        "_name_or_path", "_attn_implementation", "_attn_implementation_autoset", "_flash_attn_2_enabled", "_commit_hash", "add_bos_token", "add_eos_token", "architectures",
        "attention_dropout", "attention_dropout_prob", "attention_probs_dropout_prob", "activation_dropout", "attn_pdrop", "attn_implementation", "bad_words_ids", "begin_suppress_tokens", "bos_token_id",
        "cache_implementation", "chunk_size_feed_forward", "classifier_activation", "classifier_bias", "classifier_dropout", "classifier_dropout_prob", "classifier_pooling",
        "classif_dropout", "decoder_layerdrop", "decoder_start_token_id", "deterministic_flash_attn", "diversity_penalty", "do_sample", "dropout", "dropout_rate",
        "dropout_p", "dtype", "early_stopping", "embd_pdrop", "embed_dropout", "embedding_dropout", "encoder_layerdrop", "encoder_no_repeat_ngram_size", "eos_token_id", "exponential_decay_length_penalty",
        "feed_forward_dropout", "ffn_dropout", "finetuning_task", "forced_bos_token_id", "forced_eos_token_id", "fused_bias_fc", "fused_dropout_add_ln", "fused_mlp", "generation_config", "gradient_checkpointing", "hidden_dropout",
        "hidden_dropout_prob", "id2label", "image_token_id", "initial_context_length", "init_std", "initializer_cutoff_factor", "initializer_factor", "initializer_range", "inner_dropout", "is_encoder_decoder",
        "label2id", "layerdrop", "length_penalty", "loss_type", "mask_token_id", "max_length", "min_length", "mlp_dropout", "mm_tokens_per_image", "model_max_length", "model_type",
        "n_ctx", "no_repeat_ngram_size", "normalize_decoder", "num_beam_groups", "num_beams", "num_labels", "num_return_sequences", "offset_alibi", "output_attentions", "output_hidden_states", "output_past",
        "output_router_logits", "output_scores", "pad_token_id", "padding_idx", "prefix", "pretraining_tp", "problem_type", "qa_dropout", "quantization_config", "quantization",
        "reference_compile", "remove_invalid_values", "repad_logits_with_grad", "repetition_penalty", "reorder_and_upcast_attn", "resid_pdrop", "residual_dropout", "return_dict", "return_dict_in_generate", "router_aux_loss_coef", "router_jitter_noise", "router_z_loss_coef", "sep_token_id",
        "seq_classif_dropout", "slow_but_exact", "sparse_pred_ignore_index", "sparse_prediction", "static_position_embeddings", "suppress_tokens", "summary_activation", "summary_first_dropout", "summary_last_dropout", "summary_proj_to_labels", "summary_type", "summary_use_proj", "task_specific_params", "temperature", "tf_legacy_loss", "tie_encoder_decoder",
        "tokenizer_class", "top_k", "top_p", "torch_dtype", "torchscript", "transformers_version", "transformers.js_config", "typical_p", "unk_token_id", "use_bfloat16", "use_cache", "use_return_dict", "gate_compression", "unsloth_fixed", "unsloth_version",
        "vision_config", "text_config", "audio_config", "boi_token_index", "eoi_token_index", "image_token_index", "n_positions", "seq_length", "gradient_checkpointing_kwargs", "embedding_initializer_range", "summary_hidden_size");

    private const string CodeKey = "auto_map";

    // What the names of keys that reach the forward pass are made of.
    private static readonly string[] Telling =
    [
        "act", "alibi", "attention", "attn", "bias", "cap", "causal", "chunk", "clip", "conv", "expert", "factor", "ffn", "head", "hidden", "layer", "mamba", "mlp", "moe", "multiplier", "norm",
        "position", "qk", "qkv", "residual", "rope", "rotary", "router", "scal", "shared", "sink", "softcap", "sparse", "ssm", "theta", "window", "beta", "temperature_tuning",
    ];

    /// <summary>Refuses what would change the arithmetic without anybody knowing.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="asked">The keys the family asked for.</param>
    /// <returns>What to warn about: keys that are left alone without anybody knowing them, and code the model brings along.</returns>
    /// <exception cref="GateException">Exit 4 (GATE3081): a key nobody understood, or one that is misspelt.</exception>
    public static ImmutableArray<string> Check(ModelConfiguration configuration, IReadOnlySet<string> asked)
    {
        List<string> unknown = [];
        foreach (JsonProperty property in configuration.Root.EnumerateObject())
        {
            string key = property.Name;
            if (key == CodeKey || asked.Contains(key) || Harmless.Contains(key) || IsEmpty(property.Value))
                continue;
            if (NearestName.Find(key, asked) is { } meant)
            {
                throw FamilyConfiguration.Unsupported(
                    configuration, key, $"'{key}', which no {configuration.ModelType} model has", $"a key this family knows, such as '{meant}'");
            }

            if (Telling.Any(part => key.Contains(part, StringComparison.OrdinalIgnoreCase)))
            {
                throw FamilyConfiguration.Unsupported(
                    configuration, key, Found(property.Value), $"no such key: Gate knows no '{key}' for {configuration.ModelType} models, and it may change what they compute");
            }

            unknown.Add($"'{key}'");
        }

        var remarks = ImmutableArray.CreateBuilder<string>();
        if (configuration.Root.TryGetProperty(CodeKey, out JsonElement code) && !IsEmpty(code))
            remarks.Add($"'{CodeKey}' names code of the model's own; Gate computes what the family '{configuration.ModelType}' computes");
        if (unknown.Count > 0)
            remarks.Add($"Gate knows no {string.Join(", ", unknown)}; left alone, since {(unknown.Count == 1 ? "its name speaks" : "their names speak")} of nothing in the forward pass");
        return remarks.ToImmutable();
    }

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };

    private static string Found(JsonElement value) => value.GetRawText() is { Length: <= 60 } text ? text : "a value";
}
