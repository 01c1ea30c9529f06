using System.Text.Json;
using System.Text.Json.Nodes;
using Gate.Diagnostics;
using Gate.Models.Blueprints;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Models.Structure;
using Gate.Tests;

namespace Gate.Models.Tests.Families;

/// <summary>Configurations and weights that do not belong together, each refused before anything is computed.</summary>
public sealed class HostileModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-model-").FullName;

    public static TheoryData<string, string, string> Configurations => new()
    {
        { "model_type", "\"lama\"", "GATE3080" },
        { "model_type", "null", "GATE3004" },
        { "hidden_size", "0", "GATE3004" },
        { "hidden_size", "-48", "GATE3004" },
        { "hidden_size", "2147483648", "GATE3004" },
        { "hidden_size", "2147483647", "GATE3081" },
        { "hidden_size", "\"48\"", "GATE3004" },
        { "hidden_size", "64", "GATE3083" },
        { "intermediate_size", "89", "GATE3083" },
        { "vocab_size", "161", "GATE3083" },
        { "vocab_size", "2147483647", "GATE3081" },
        { "num_hidden_layers", "2147483647", "GATE3081" },
        { "num_hidden_layers", "4", "GATE3082" },
        { "num_hidden_layers", "2", "GATE3084" },
        { "num_attention_heads", "5", "GATE3081" },
        { "num_key_value_heads", "4", "GATE3081" },
        { "num_key_value_heads", "7", "GATE3081" },
        { "num_key_value_heads", "3", "GATE3083" },
        { "head_dim", "7", "GATE3081" },
        { "head_dim", "0", "GATE3081" },
        { "head_dim", "16", "GATE3083" },
        { "hidden_act", "\"tanh\"", "GATE3081" },
        { "rms_norm_eps", "-1", "GATE3081" },
        { "rms_norm_eps", "1e400", "GATE3004" },
        { "rope_theta", "0", "GATE3081" },
        { "rope_scaling", "{\"rope_type\":\"spiral\",\"factor\":2}", "GATE3081" },
        { "rope_scaling", "{\"rope_type\":\"linear\"}", "GATE3081" },
        { "rope_scaling", "{\"type\":\"linear\",\"factor\":0.5}", "GATE3081" },
        { "rope_scaling", "{\"rope_type\":\"llama3\",\"factor\":8}", "GATE3004" },
        { "rope_scaling", "[1]", "GATE3004" },
        { "max_position_embeddings", "0", "GATE3004" },
        { "attention_bias", "true", "GATE3082" },
        { "tie_word_embeddings", "true", "GATE3090" },
        { "tie_word_embeddings", "1", "GATE3004" },
    };

    [Theory]
    [MemberData(nameof(Configurations))]
    public void A_configuration_that_does_not_fit_is_refused_with_exit_4(string key, string value, string code)
    {
        CopyFixture();
        string path = Path.Combine(_folder, "config.json");
        JsonObject configuration = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        configuration.Remove(key);
        string rest = configuration.ToJsonString();
        File.WriteAllText(path, $"{rest[..^1]},\"{key}\":{value}}}");

        GateException exception = Assert.Throws<GateException>(LoadAndClose);
        Assert.Equal(code, exception.Diagnostic.Code);
        Assert.Equal(ExitCode.InputUnavailable, exception.ExitCode);
        Assert.NotNull(exception.Diagnostic.Remedy);
    }

    [Theory]
    [InlineData("model.layers.1.mlp.up_proj.weight", 88 * 48 * 4 - 4, 0x7FC00000, "[87, 47]")]
    [InlineData("model.layers.0.self_attn.q_proj.weight", 4 * 49, 0x7F800000, "[1, 1]")]
    [InlineData("model.norm.weight", 8, -0x800000, "[2]")]
    [InlineData("lm_head.weight", 0, 0x7F800001, "[0, 0]")]
    [InlineData("model.embed_tokens.weight", 40, -1, "[0, 10]")]
    public void Weights_that_are_not_finite_are_refused_by_name_and_place(string tensor, int offset, int bits, string place)
    {
        CopyFixture();
        string path = Path.Combine(_folder, "model.safetensors");
        byte[] file = File.ReadAllBytes(path);
        int header = BitConverter.ToInt32(file);
        using (JsonDocument document = JsonDocument.Parse(file.AsMemory(8, header)))
        {
            int start = document.RootElement.GetProperty(tensor).GetProperty("data_offsets")[0].GetInt32();
            BitConverter.TryWriteBytes(file.AsSpan(8 + header + start + offset), bits);
        }

        File.WriteAllBytes(path, file);
        GateException exception = Assert.Throws<GateException>(LoadAndClose);
        Assert.Equal("GATE3085", exception.Diagnostic.Code);
        Assert.Contains(tensor, exception.Message, StringComparison.Ordinal);
        Assert.Contains(place, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Logits_that_overflow_give_no_score_and_no_answer()
    {
        CopyFixture();
        string path = Path.Combine(_folder, "model.safetensors");
        byte[] file = File.ReadAllBytes(path);
        int header = BitConverter.ToInt32(file);
        using (JsonDocument document = JsonDocument.Parse(file.AsMemory(8, header)))
        {
            int start = document.RootElement.GetProperty("lm_head.weight").GetProperty("data_offsets")[0].GetInt32();
            for (int i = 0; i < 48; i++)
                BitConverter.TryWriteBytes(file.AsSpan(8 + header + start + (4 * i)), i % 2 == 0 ? float.MaxValue : float.MinValue);
        }

        File.WriteAllBytes(path, file);
        using Model checkpoint = Model.Open(_folder);
        using ILanguageModel model = LanguageModels.Load(checkpoint, InferenceOptions.Default);
        int overflowing = Enumerable.Range(0, 160).First(id =>
            double.IsNaN(model.ScoreContinuations([new(new[] { id }, new[] { 5 })], null, TestContext.Current.CancellationToken)[0].LogLikelihood));
        ContinuationScore score = model.ScoreContinuations([new(new[] { overflowing }, new[] { 0 })], null, TestContext.Current.CancellationToken)[0];
        Assert.False(score.IsGreedy);
        NextTokenScores next = model.ScoreNextTokens([new(new[] { overflowing }, new[] { 0 }, 1)], null, TestContext.Current.CancellationToken)[0];
        Assert.Equal(160, next.TargetRanks[0]);
        Assert.True(double.IsNaN(next.TopLogProbabilities[0]));
        Generation generation = model.Generate([new(new[] { overflowing }, 3, [], [])], null, TestContext.Current.CancellationToken)[0];
        Assert.Equal(GenerationStop.NotFinite, generation.Stop);
        Assert.Empty(generation.Ids);
    }

    [Fact]
    public void Every_code_is_in_the_catalogue()
    {
        foreach (int number in Enumerable.Range(3080, 13).Where(number => number != 3086))
            Assert.NotNull(DiagnosticCatalogue.Find($"GATE{number}"));
    }

    [Fact]
    public void Linear_layers_come_block_by_block_and_the_untied_head_last()
    {
        using Model checkpoint = Model.Open(Repository.Fixture("architectures", "llama_gqa"));
        IReadOnlyList<LinearLayer> layers = checkpoint.LinearLayers;
        Assert.Equal((3 * 7) + 1, layers.Count);
        Assert.Equal(
            new LinearLayer(
                "model.layers.1.self_attn.k_proj", "model.layers.1.self_attn.k_proj.weight", 16, 48, LinearRole.AttentionKey, 1,
                "model.layers.1.self_attn.input"),
            layers[8]);
        Assert.Equal(layers[7].InputGroup, layers[9].InputGroup);
        Assert.Equal(LinearRole.FinalDense, layers[^1].Role);
        Assert.Equal(-1, layers[^1].Block);
        using Model tied = Model.Open(Repository.Fixture("architectures", "llama_head_dim"));
        Assert.DoesNotContain(tied.LinearLayers, layer => layer.Role == LinearRole.FinalDense);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void CopyFixture()
    {
        foreach (string file in new[] { "config.json", "model.safetensors" })
            File.Copy(Repository.Fixture("architectures", "llama_gqa", file), Path.Combine(_folder, file));
    }

    private void LoadAndClose()
    {
        using Model checkpoint = Model.Open(_folder);
        LanguageModels.Load(checkpoint, InferenceOptions.Default).Dispose();
    }
}
