using Gate.Models;
using Gate.Models.Gguf;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Models.Tests.Checkpoints;
using Gate.Models.Tokenization;
using Gate.Tests;

namespace Gate.Peers.LlamaCpp;

/// <summary>Logits of random models: Gate on the Hugging Face folder, Gate on the GGUF file it wrote, and llama.cpp on that file.</summary>
public sealed class LlamaCppTests
{
    // llama.cpp looks GELU up in a table of 16-bit values, and takes the tanh form for the exact one.
    private const double Tight = 2e-5, WithGelu = 1e-2;

    private const string Numbers = """
        "hidden_size": 64, "num_hidden_layers": 4, "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 96, "vocab_size": 3300, "max_position_embeddings": 256
        """;

    private static readonly string WithoutGroups = Numbers.Replace("\"num_key_value_heads\": 2, ", "", StringComparison.Ordinal);

    private static readonly Dictionary<string, (string Configuration, double Tolerance)> Cases = new(StringComparer.Ordinal)
    {
        ["llama"] = ($$"""{"model_type": "llama", {{Numbers}} }""", Tight),
        ["llama, biases, untied head size"] = ($$"""{"model_type": "llama", {{Numbers}}, "head_dim": 32, "attention_bias": true, "mlp_bias": true, "tie_word_embeddings": true}""", Tight),
        ["llama, scaled as Llama 3"] = ($$"""
            {"model_type": "llama", {{Numbers}}, "head_dim": 64, "rope_theta": 500000.0, "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192} }
            """, Tight),
        ["llama, linear"] = ($$"""{"model_type": "llama", {{Numbers}}, "rope_scaling": {"rope_type": "linear", "factor": 4.0} }""", Tight),
        ["llama, yarn"] = ($$"""{"model_type": "llama", {{Numbers}}, "rope_scaling": {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64} }""", Tight),
        ["mistral"] = ($$"""{"model_type": "mistral", {{Numbers}}, "sliding_window": null}""", Tight),
        ["mixtral"] = ($$"""{"model_type": "mixtral", {{Numbers}}, "num_local_experts": 4, "num_experts_per_tok": 2}""", Tight),
        ["qwen2"] = ($$"""{"model_type": "qwen2", {{Numbers}} }""", Tight),
        ["qwen2_moe"] = ($$"""
            {"model_type": "qwen2_moe", {{Numbers}}, "num_experts": 6, "num_experts_per_tok": 3, "moe_intermediate_size": 40, "shared_expert_intermediate_size": 48}
            """, Tight),
        ["qwen3"] = ($$"""{"model_type": "qwen3", {{Numbers}}, "head_dim": 32, "tie_word_embeddings": true}""", Tight),
        ["qwen3_moe"] = ($$"""
            {"model_type": "qwen3_moe", {{Numbers}}, "head_dim": 32, "num_experts": 6, "num_experts_per_tok": 3, "moe_intermediate_size": 40, "norm_topk_prob": true}
            """, Tight),
        ["smollm3"] = ($$"""{"model_type": "smollm3", {{Numbers}} }""", Tight),
        ["granite"] = ($$"""
            {"model_type": "granite", {{Numbers}}, "attention_multiplier": 0.2, "residual_multiplier": 0.6, "embedding_multiplier": 3.0, "logits_scaling": 6.0}
            """, Tight),
        ["gemma"] = ($$"""{"model_type": "gemma", {{Numbers}}, "head_dim": 32}""", WithGelu),
        ["gemma2"] = ($$"""{"model_type": "gemma2", {{Numbers}}, "head_dim": 32, "query_pre_attn_scalar": 32, "sliding_window": 8, "attn_logit_softcapping": 4.0, "final_logit_softcapping": 6.0}""", WithGelu),
        ["gemma3_text"] = ($$"""
            {"model_type": "gemma3_text", {{Numbers.Replace("_layers\": 4", "_layers\": 7", StringComparison.Ordinal)}}, "head_dim": 32, "query_pre_attn_scalar": 32, "sliding_window": 8, "rope_scaling": {"rope_type": "linear", "factor": 8.0} }
            """, WithGelu),
        ["phi"] = ($$"""{"model_type": "phi", {{Numbers}}, "partial_rotary_factor": 0.5}""", WithGelu),
        ["phi3"] = ($$"""{"model_type": "phi3", {{Numbers}}, "sliding_window": null}""", Tight),
        ["phi3, two lists of divisors"] = ($$"""
            {"model_type": "phi3", {{Numbers.Replace("256", "512", StringComparison.Ordinal)}}, "original_max_position_embeddings": 256, "rope_scaling": {"type": "longrope",
             "short_factor": [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7], "long_factor": [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0]} }
            """, Tight),
        ["gpt2"] = ("""{"model_type": "gpt2", "n_embd": 64, "n_layer": 3, "n_head": 4, "n_positions": 256, "vocab_size": 3300}""", WithGelu),
        ["gpt_neox"] = ($$"""{"model_type": "gpt_neox", {{WithoutGroups}} }""", WithGelu),
        ["gpt_neox, one behind the other"] = ($$"""{"model_type": "gpt_neox", {{WithoutGroups}}, "use_parallel_residual": false}""", WithGelu),
        ["bloom"] = ("""{"model_type": "bloom", "hidden_size": 96, "n_layer": 3, "n_head": 6, "vocab_size": 3300}""", WithGelu),
        ["falcon"] = ($$"""{"model_type": "falcon", {{WithoutGroups}}, "multi_query": true, "parallel_attn": true}""", WithGelu),
        ["falcon, groups and two norms"] = ($$"""{"model_type": "falcon", {{WithoutGroups}}, "new_decoder_architecture": true, "num_kv_heads": 2}""", WithGelu),
        ["stablelm"] = ($$"""{"model_type": "stablelm", {{Numbers}}, "use_qkv_bias": true}""", Tight),
        ["stablelm, side by side"] = ($$"""{"model_type": "stablelm", {{Numbers}}, "use_parallel_residual": true}""", Tight),
        ["starcoder2"] = ($$"""{"model_type": "starcoder2", {{Numbers}}, "sliding_window": null}""", WithGelu),
        ["olmo2"] = ($$"""{"model_type": "olmo2", {{Numbers}} }""", Tight),
        ["cohere"] = ($$"""{"model_type": "cohere", {{Numbers}}, "logit_scale": 0.25}""", Tight),
        ["cohere2"] = ($$"""{"model_type": "cohere2", {{Numbers}}, "logit_scale": 0.25, "sliding_window": 8}""", Tight),
    };

    private static readonly string[] Texts =
    [
        "The capital of France is Paris.", "  two  spaces, then\ttabs\n\n and lines\r\n", "It's 12345 o'clock; they'll pay $9.99 (or 1,000,000)!", "Grüße, naïve café: 東京 и Москва 🙂",
        "def f(x):\n    return x ** 2  # square", "trailing space ", "a", "UPPER lower MiXeD_snake-kebab/path\\to",
    ];

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Fact]
    public void Every_family_that_GGUF_holds_has_a_case_and_so_has_every_one_that_is_held_by_llama_cpp_alone()
    {
        HashSet<string> families = [.. Cases.Keys.Select(name => name.Split(',')[0])];
        Assert.Equal(GgufFamily.Families, families.Order(StringComparer.Ordinal));
        Assert.All(PeerFamilies.OfLlamaCpp, family => Assert.Contains(family, families));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Logits_agree(string name)
    {
        (string configuration, double tolerance) = Cases[name];
        using TemporaryFolder work = new();
        RandomModel.Write(work.PathOf("dense"), configuration.Replace("\"vocab_size\": 320", "\"vocab_size\": 1000", StringComparison.Ordinal), "gpt2_bytelevel_bpe");
        string file = RandomModel.WriteGguf(work.PathOf("dense"), work.PathOf("gguf"));
        int[] ids = [.. Enumerable.Range(0, 40).Select(i => ((i * 131) + (i * i)) % 310)];
        float[] dense = Logits(work.PathOf("dense"), ids), read = Logits(file, ids);
        using LlamaCppModel peer = new(file);
        float[] theirs = peer.Logits(ids);
        Assert.True(Distance(dense, read) < 1e-5, $"{name}: reading the file back moves logits by {Distance(dense, read):G3}");
        Assert.True(Distance(dense, theirs) < tolerance, $"{name}: llama.cpp's logits differ by {Distance(dense, theirs):G3}");
    }

    [Theory]
    [InlineData("gpt2_bytelevel_bpe")]
    [InlineData("llama3_split_bpe")]
    [InlineData("qwen2_split_bpe")]
    [InlineData("llama2_spm_bpe")]
    public void Plain_texts_have_the_same_ids(string tokenizer)
    {
        using TemporaryFolder work = new();
        RandomModel.Write(work.PathOf("dense"), $$"""{"model_type": "llama", {{Numbers.Replace("3300", "4000", StringComparison.Ordinal)}} }""", tokenizer);
        string file = RandomModel.WriteGguf(work.PathOf("dense"), work.PathOf("gguf"));
        Tokenizer folder = Tokenizer.Open(work.PathOf("dense"))!, read = Tokenizer.Open(file)!;
        using LlamaCppModel peer = new(file);
        foreach (string text in Texts)
        {
            foreach (bool special in new[] { true, false })
            {
                string expected = string.Join(' ', folder.Encode(text, special));
                Assert.Equal((text, expected), (text, string.Join(' ', read.Encode(text, special))));
                Assert.Equal((text, expected), (text, string.Join(' ', peer.Encode(text, special))));
            }
        }
    }

    private static float[] Logits(string path, int[] ids)
    {
        using Model files = Model.Open(path);
        using ILanguageModel model = LanguageModels.Load(files, InferenceOptions.Default);
        float[] logits = new float[ids.Length * model.VocabularySize];
        model.VisitLogits(new LogitsRequest(ids), (position, row) => row.CopyTo(logits.AsSpan(position * model.VocabularySize)));
        return logits;
    }

    // The largest difference, in units of the spread of the logits.
    private static double Distance(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        double largest = 0, squares = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i] - found[i]));
            squares += (double)expected[i] * expected[i];
        }

        return double.IsNaN(largest) ? double.NaN : largest / Math.Sqrt(squares / expected.Length);
    }
}
