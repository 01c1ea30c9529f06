using Gate.Compression.Recipes;
using Gate.Diagnostics;
using Gate.Models;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Compression.Tests.Export;

/// <summary>Packed layouts of layers that are fused in one matrix, and of experts.</summary>
public sealed class PackedFamilyTests : IDisposable
{
    private const int Vocabulary = 96, Width = 64, Inner = 96, Heads = 4, KeyHeads = 2, Size = 16, Layers = 2, Experts = 4;

    private readonly string _home = Directory.CreateTempSubdirectory("gate-packed-families-").FullName;

    private readonly string _root;

    public PackedFamilyTests() => _root = Directory.CreateDirectory(Path.Combine(_home, "model")).FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Theory]
    [InlineData("phi3", CandidateLayout.CompressedTensors)]
    [InlineData("phi3", CandidateLayout.Gptq)]
    [InlineData("phi3", CandidateLayout.Awq)]
    [InlineData("mixtral", CandidateLayout.CompressedTensors)]
    [InlineData("mixtral", CandidateLayout.Gptq)]
    [InlineData("mixtral", CandidateLayout.Awq)]
    public void A_packed_candidate_answers_as_the_same_codes_written_dense(string family, CandidateLayout layout)
    {
        Write(family);
        using Model dense = Model.Open(_root);
        Recipe recipe = new(null, new QuantizationRecipe { Method = "rtn", Bits = 4, GroupSize = 32, Symmetric = layout != CandidateLayout.Awq });
        float[] packed = Logits(Compress(dense, recipe, layout)), plain = Logits(Compress(dense, recipe, CandidateLayout.Dense)), whole = Logits(_root);
        double scale = plain.Max(MathF.Abs);

        // Written dense the products of codes and scales are rounded to 16 bit once more.
        Assert.InRange(packed.Zip(plain, (a, b) => Math.Abs(a - b)).Max(), 0, 0.03 * scale);
        Assert.True(packed.Zip(whole, (a, b) => Math.Abs(a - b)).Max() > 0.03 * scale, "rounding to four bit changed nothing");
    }

    [Theory]
    [InlineData(CandidateLayout.Dense)]
    [InlineData(CandidateLayout.CompressedTensors)]
    [InlineData(CandidateLayout.Gptq)]
    [InlineData(CandidateLayout.Awq)]
    public void Weights_beyond_the_range_of_sixteen_bits_are_refused_in_every_layout(CandidateLayout layout)
    {
        Write("mixtral", largest: 4e6);
        using Model dense = Model.Open(_root);
        Recipe recipe = new(null, new QuantizationRecipe { Method = "rtn", Bits = 4, GroupSize = 32, Symmetric = layout != CandidateLayout.Awq });
        GateException refusal = Assert.Throws<GateException>(() => Compress(dense, recipe, layout));
        Assert.Equal("GATE4021", refusal.Diagnostic.Code);
        Assert.Contains("o_proj", refusal.Message, StringComparison.Ordinal);
    }

    private static float[] Logits(string folder)
    {
        using Model model = Model.Open(folder);
        using ILanguageModel loaded = LanguageModels.Load(model, InferenceOptions.Default);
        List<float> logits = [];
        loaded.VisitLogits(new LogitsRequest(new[] { 3, 40, 17, 91, 5, 60 }), (_, row) => logits.AddRange(row));
        return [.. logits];
    }

    private string Compress(Model dense, Recipe recipe, CandidateLayout layout)
    {
        string folder = $"{_root}-{layout}";
        Compressor.Compress(dense, Compressor.Plan(dense, recipe, null, layout), folder, new ComputeThreads(2));
        return folder;
    }

    private void Write(string family, double largest = 0)
    {
        RandomCheckpoint weights = new(5);
        weights.Add("model.embed_tokens.weight", 1, 0, Vocabulary, Width);
        for (int i = 0; i < Layers; i++)
        {
            string layer = $"model.layers.{i}";
            weights.AddNorm($"{layer}.input_layernorm", Width, bias: false);
            weights.AddNorm($"{layer}.post_attention_layernorm", Width, bias: false);
            if (largest == 0)
                weights.AddLinear($"{layer}.self_attn.o_proj", Width, Heads * Size, bias: false);
            else
                weights.Add($"{layer}.self_attn.o_proj.weight", largest, 0, Width, Heads * Size);
            if (family == "phi3")
            {
                weights.AddLinear($"{layer}.self_attn.qkv_proj", (Heads + (2 * KeyHeads)) * Size, Width, bias: false);
                weights.AddLinear($"{layer}.mlp.gate_up_proj", 2 * Inner, Width, bias: false);
                weights.AddLinear($"{layer}.mlp.down_proj", Width, Inner, bias: false);
                continue;
            }

            foreach ((string name, int heads) in new[] { ("q", Heads), ("k", KeyHeads), ("v", KeyHeads) })
                weights.AddLinear($"{layer}.self_attn.{name}_proj", heads * Size, Width, bias: false);
            weights.AddLinear($"{layer}.block_sparse_moe.gate", Experts, Width, bias: false);
            for (int expert = 0; expert < Experts; expert++)
            {
                weights.AddLinear($"{layer}.block_sparse_moe.experts.{expert}.w1", Inner, Width, bias: false);
                weights.AddLinear($"{layer}.block_sparse_moe.experts.{expert}.w3", Inner, Width, bias: false);
                weights.AddLinear($"{layer}.block_sparse_moe.experts.{expert}.w2", Width, Inner, bias: false);
            }
        }

        weights.AddNorm("model.norm", Width, bias: false);
        weights.AddLinear("lm_head", Vocabulary, Width, bias: false);
        weights.Write(
            _root,
            $$"""
            {"model_type":"{{family}}","vocab_size":{{Vocabulary}},"hidden_size":{{Width}},"intermediate_size":{{Inner}},"num_hidden_layers":{{Layers}},"num_attention_heads":{{Heads}},
            "num_key_value_heads":{{KeyHeads}},"hidden_act":"silu","max_position_embeddings":64,"rms_norm_eps":1e-5,"rope_theta":10000.0,"tie_word_embeddings":false,"torch_dtype":"float16","pad_token_id":0
            {{(family == "mixtral" ? $",\"num_local_experts\":{Experts},\"num_experts_per_tok\":2" : "")}}}
            """);
    }
}
