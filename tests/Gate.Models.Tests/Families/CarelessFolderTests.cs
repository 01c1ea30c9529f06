using System.Text.Json.Nodes;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;
using Gate.Models.Tokenization;
using Gate.Tests;

namespace Gate.Models.Tests.Families;

/// <summary>Folders that were copied, converted or cloned without care: the cause is named, and what is harmless is read.</summary>
public sealed class CarelessFolderTests : IDisposable
{
    private const string Pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("gate-careless-").FullName;

    public CarelessFolderTests()
    {
        foreach (string file in new[] { "config.json", "model.safetensors" })
            File.Copy(Repository.Fixture("architectures", "llama_gqa", file), Path.Combine(_folder, file));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("config.json")]
    public void A_pointer_of_Git_LFS_is_called_one(string file)
    {
        File.WriteAllText(Path.Combine(_folder, file), Pointer);
        GateException refusal = Assert.Throws<GateException>(() => Model.Open(_folder).Dispose());
        Assert.Contains("git lfs pull", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.InputUnavailable, refusal.ExitCode);
    }

    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("tokenizer.model")]
    public void A_pointer_in_place_of_a_tokenizer_is_called_one(string file)
    {
        File.WriteAllText(Path.Combine(_folder, file), Pointer);
        GateException refusal = Assert.Throws<GateException>(() => Tokenizer.Open(_folder));
        Assert.Contains("git lfs pull", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LlamaForSequenceClassification")]
    [InlineData("LlamaForTokenClassification")]
    [InlineData("InternRewardModel")]
    public void A_model_that_answers_with_another_head_is_refused_by_name(string architecture)
    {
        Change(configuration => configuration["architectures"] = new JsonArray(architecture));
        GateException refusal = Assert.Throws<GateException>(() => Model.Open(_folder).Dispose());
        Assert.Equal("GATE3081", refusal.Diagnostic.Code);
        Assert.Contains(architecture, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("architectures", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_of_its_own_and_unknown_keys_are_remarked_on_and_bookkeeping_is_not()
    {
        Change(configuration =>
        {
            configuration["auto_map"] = new JsonObject { ["AutoModelForCausalLM"] = "modeling_mine.MineForCausalLM" };
            configuration["favourite_colour"] = "blue";
            configuration["use_cache"] = true;
            configuration["transformers_version"] = "5.0.0";
        });
        using Model model = Model.Open(_folder);
        Assert.Equal(2, model.Remarks.Count);
        Assert.Contains("auto_map", model.Remarks[0], StringComparison.Ordinal);
        Assert.Contains("'favourite_colour'", model.Remarks[1], StringComparison.Ordinal);
        Assert.DoesNotContain("use_cache", model.Remarks[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dual_chunk_attention_config", """{"chunk_size":262144}""")]
    [InlineData("llama_4_scaling_beta", "0.1")]
    [InlineData("attn_temperature_tuning", "true")]
    public void A_key_that_speaks_of_the_forward_pass_and_is_unknown_is_refused(string key, string value)
    {
        Change(configuration => configuration[key] = JsonNode.Parse(value));
        Assert.Equal("GATE3081", Assert.Throws<GateException>(() => Model.Open(_folder).Dispose()).Diagnostic.Code);
    }

    [Theory]
    [InlineData("qweight", "I32", 4)]
    [InlineData("weight_packed", "I32", 4)]
    [InlineData("weight_scale", "F32", 4)]
    public void Packed_weights_whose_configuration_was_lost_say_so(string part, string format, int size)
    {
        RandomCheckpoint weights = new(1);
        weights.AddStored($"model.layers.0.self_attn.q_proj.{part}", format, new byte[16 * size], 4, 4);
        weights.Write(_folder, File.ReadAllText(Path.Combine(_folder, "config.json")));
        GateException refusal = Assert.Throws<GateException>(() => Model.Open(_folder).Dispose());
        Assert.Equal("GATE3111", refusal.Diagnostic.Code);
        Assert.Contains("quantization_config", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"quant_method":"auto-round","bits":4,"group_size":32,"sym":true,"packing_format":"auto_round:auto_gptq","data_type":"int"}""", null)]
    [InlineData("""{"quant_method":"auto-round","bits":4,"group_size":32,"sym":true,"packing_format":"auto_round:llm_compressor","data_type":"int"}""", "GATE3110")]
    [InlineData("""{"quant_method":"auto-round","bits":4,"group_size":32,"sym":true,"data_type":"int"}""", "GATE3110")]
    [InlineData("""{"quant_method":"auto-round","bits":4,"group_size":32,"packing_format":"auto_round:auto_gptq","data_type":"mx_fp"}""", "GATE3110")]
    [InlineData("""{"quant_method":"auto-round","bits":4,"group_size":32,"packing_format":"auto_round:auto_gptq","extra_config":{"a":{"bits":2}}}""", "GATE3110")]
    public void AutoRound_is_read_in_the_layouts_it_borrows(string settings, string? code)
    {
        RandomCheckpoint weights = new(1);
        weights.AddStored("m.qweight", "I32", weights.Bytes(4 * 32 * 4), 4, 32);
        weights.AddStored("m.qzeros", "I32", weights.Bytes(4 * 4), 1, 4);
        weights.Add("m.scales", 0.1, 1, 1, 32);
        weights.Write(_folder, $"{{\"model_type\":\"llama\",\"quantization_config\":{settings}}}");
        if (code is not null)
        {
            Assert.Equal(code, Assert.Throws<GateException>(() => Checkpoint.Open(_folder).Dispose()).Diagnostic.Code);
            return;
        }

        float[] read = Values();
        weights.Write(_folder, $"{{\"model_type\":\"llama\",\"quantization_config\":{settings.Replace("auto-round", "gptq", StringComparison.Ordinal)}}}");
        Assert.Equal(Values(), read);
    }

    private float[] Values()
    {
        using Checkpoint checkpoint = Checkpoint.Open(_folder);
        return checkpoint.ReadSingles("m.weight");
    }

    private void Change(Action<JsonObject> change)
    {
        string path = Path.Combine(_folder, "config.json");
        JsonObject configuration = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(configuration);
        File.WriteAllText(path, configuration.ToJsonString());
    }
}
