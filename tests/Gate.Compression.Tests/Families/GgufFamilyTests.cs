using Gate.Compression.Recipes;
using Gate.Diagnostics;
using Gate.Models;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Compression.Tests.Families;

/// <summary>The tiny models of every family as GGUF candidates: read back, they compute what they computed, or they are refused before any work.</summary>
public sealed class GgufFamilyTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("gate-gguf-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("bloom")]
    [InlineData("gemma")]
    [InlineData("gpt2")]
    [InlineData("gpt2_hub_names")]
    [InlineData("gpt_neox")]
    [InlineData("llama_attention_bias")]
    [InlineData("llama_bf16_sharded")]
    [InlineData("mixtral")]
    [InlineData("phi")]
    [InlineData("phi3")]
    [InlineData("qwen2_tied")]
    [InlineData("qwen3_composed")]
    public void A_model_comes_back_from_GGUF(string fixture)
    {
        using Model dense = Model.Open(Prepare(fixture));
        string candidate = Path.Combine(_root, "candidate");
        Recipe recipe = new(new PruningRecipe { Method = "magnitude", Sparsity = 0 }, null);
        CompressionPlan plan = Compressor.Plan(dense, recipe, null, CandidateLayout.Gguf);
        CompressionOutcome outcome = Compressor.Compress(dense, plan, candidate, new ComputeThreads(2), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(plan.PackedBytes, outcome.PackedBytes);
        using Model read = Model.Open(candidate);
        Assert.Equal(dense.Family, read.Family);
        float[] expected = Logits(dense), found = Logits(read);
        double scale = expected.Max(MathF.Abs);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 5e-3 * scale));
    }

    [Theory]
    [InlineData("bert", "'bert'")]
    [InlineData("opt", "'opt'")]
    [InlineData("t5_v1_1", "'t5'")]
    [InlineData("mistral_sliding", "Window")]
    [InlineData("llama_rope_dynamic", "DynamicRotary")]
    [InlineData("gpt_neox_sequential", "GeluTanh")]
    [InlineData("bloom_6_heads", "FromNormed")]
    [InlineData("gemma2", "Scale")]
    [InlineData("llama_rope_llama3", "Llama3Rotary")]
    [InlineData("llama_rope_yarn", "BetaFast")]
    public void What_llama_cpp_has_no_words_for_is_refused(string fixture, string part)
    {
        using Model dense = Model.Open(Prepare(fixture));
        GateException refused = Assert.Throws<GateException>(
            () => Compressor.Plan(dense, new Recipe(new PruningRecipe { Method = "magnitude", Sparsity = 0 }, null), null, CandidateLayout.Gguf));
        Assert.Equal(("GATE4120", ExitCode.InvalidUsage), (refused.Diagnostic.Code, refused.ExitCode));
        Assert.Contains(part, refused.Diagnostic.Message);
    }

    private static float[] Logits(Model model)
    {
        using ILanguageModel loaded = LanguageModels.Load(model, InferenceOptions.Default);
        List<float> logits = [];
        loaded.VisitLogits(new LogitsRequest((int[])[3, 40, 17, 91, 5, 60, 33, 12, 77, 21]), (_, row) => logits.AddRange(row));
        return [.. logits];
    }

    // The fixtures have no tokenizer: letters of GPT-2's alphabet stand in.
    private string Prepare(string fixture)
    {
        string folder = Path.Combine(_root, fixture);
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(Repository.Fixture("architectures", fixture)).Where(file => !file.Contains("golden", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        string vocabulary = string.Join(',', Enumerable.Range('A', 26).Concat(Enumerable.Range('a', 26)).Select((letter, id) => $"\"{(char)letter}\":{id}"));
        File.WriteAllText(
            Path.Combine(folder, "tokenizer.json"),
            """
            {"version":"1.0","added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true},
             "post_processor":null,"decoder":{"type":"ByteLevel"},"model":{"type":"BPE","merges":[],"vocab":{
            """ + vocabulary + "}}}");
        return folder;
    }
}
