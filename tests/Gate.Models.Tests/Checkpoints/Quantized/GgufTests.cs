using System.Runtime.InteropServices;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;
using Gate.Models.Structure;
using Gate.Models.Tests.Inference;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.PackedWeights.Gguf;
using Gate.Tests;

namespace Gate.Models.Tests.Checkpoints.Quantized;

/// <summary>GGUF files of the Llama family, written here from the specification, are read as the model they were made from.</summary>
public sealed class GgufTests
{
    [Fact]
    public void A_llama_in_plain_gguf_computes_what_its_safetensors_form_computes()
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder.PathOf("model.gguf"), FactsLlama(null).Build());
        using var gguf = LoadedModel.Folder(folder.Path);
        using var dense = LoadedModel.Facts();
        int[] ids = [.. Enumerable.Range(0, 30).Select(i => (i * 131) % 4000)];
        Assert.Equal(dense.Logits(ids), gguf.Logits(ids));
    }

    [Theory]
    [InlineData(GgufBlockFormat.Q8_0, 8)]
    [InlineData(GgufBlockFormat.Q4_0, 4)]
    [InlineData(GgufBlockFormat.Q4_1, 4)]
    public void Blocks_are_expanded_and_rows_put_back(GgufBlockFormat format, int bits)
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder.PathOf("any.gguf"), FactsLlama(format).Build());
        using var gguf = Model.Open(folder.PathOf("any.gguf"));
        using var dense = Model.Open(Repository.PathOf("samples", "models", "facts-llama"));
        Assert.Equal(dense.LinearLayers.Select(layer => layer.Name), gguf.LinearLayers.Select(layer => layer.Name));
        foreach (LinearLayer layer in gguf.LinearLayers)
        {
            float[] expected = dense.Checkpoint.ReadSingles(layer.WeightTensor);
            byte[] blocks = new byte[GgufBlocks.BytesOf(format, expected.Length)];
            GgufBlocks.Encode(format, expected, blocks);
            GgufBlocks.Decode(format, blocks, expected);
            Assert.Equal(expected, gguf.Checkpoint.ReadSingles(layer.WeightTensor));
            Assert.Equal(bits, gguf.Checkpoint.CodeBitsOf(gguf.Checkpoint.Require(layer.WeightTensor)));
            Assert.Equal(blocks.Length, gguf.Checkpoint.StoredBytesOf(gguf.Checkpoint.Require(layer.WeightTensor)));
        }

        Assert.Equal($"gguf, {format}", gguf.Checkpoint.Quantization!.ToString());
    }

    [Fact]
    public void Metadata_becomes_the_configuration()
    {
        using TemporaryFolder folder = new();
        float[] divisors = [.. Enumerable.Repeat(1f, 16)];
        GgufBuilder builder = FactsLlama(null).Key("llama.rope.scaling.type", "linear").Key("llama.rope.scaling.factor", 4f).Key("tokenizer.ggml.tokens", "a", "b");
        File.WriteAllBytes(folder.PathOf("model.gguf"), builder.Build());
        using (var scaled = Model.Open(folder.Path))
        {
            Assert.Equal("llama", scaled.Checkpoint.Configuration.ModelType);
            Assert.Equal("linear", scaled.Checkpoint.Configuration.GetObject("rope_scaling")!.GetString("rope_type"));
            Assert.Equal(4, scaled.Checkpoint.Configuration.GetObject("rope_scaling")!.GetDouble("factor", 0));
            Assert.True(scaled.Checkpoint.Configuration.GetBoolean("tie_word_embeddings", false));
            Assert.Equal(2, scaled.Checkpoint.Configuration.RequireInt32("num_key_value_heads"));
        }

        File.WriteAllBytes(folder.PathOf("model.gguf"), FactsLlama(null).Tensor("rope_freqs.weight", 0, Bytes(divisors), 16).Build());
        using var plain = Model.Open(folder.Path);
        Assert.Null(plain.Checkpoint.Configuration.GetObject("rope_scaling"));
    }

    [Fact]
    public void The_frequency_divisors_of_llama_3_become_their_settings_and_others_are_refused()
    {
        using TemporaryFolder folder = new();
        float[] divisors = [.. Enumerable.Range(0, 16).Select(pair =>
        {
            double wavelength = 2 * Math.PI * Math.Pow(10000, pair / 16.0);
            double smooth = ((8192 / wavelength) - 1) / 3;
            return (float)(wavelength < 2048 ? 1 : wavelength > 8192 ? 8 : 1 / (((1 - smooth) / 8) + smooth));
        })];
        Assert.Contains(8f, divisors);
        File.WriteAllBytes(folder.PathOf("model.gguf"), FactsLlama(null).Tensor("rope_freqs.weight", 0, Bytes(divisors), 16).Build());
        using (var scaled = Model.Open(folder.Path))
        {
            Assert.Equal("llama3", scaled.Checkpoint.Configuration.GetObject("rope_scaling")!.GetString("rope_type"));
            Assert.Equal(8, scaled.Checkpoint.Configuration.GetObject("rope_scaling")!.GetDouble("factor", 0));
        }

        divisors[3] = 1.5f;
        Refused(folder, FactsLlama(null).Tensor("rope_freqs.weight", 0, Bytes(divisors), 16).Build(), "GATE3123", "pair 3");
    }

    [Fact]
    public void Files_as_no_honest_tool_writes_them_are_refused()
    {
        using TemporaryFolder folder = new();
        byte[] good = FactsLlama(null).Build();
        Refused(folder, [], "GATE3120");
        Refused(folder, "GGML"u8.ToArray(), "GATE3120", "GGUF");
        Refused(folder, "GGUF"u8.ToArray(), "GATE3121", "version");
        Refused(folder, [.. "GGUF"u8, 0, 0, 0, 3], "GATE3120", "little-endian");
        Refused(folder, good[..^64], "GATE3121", "bytes");
        Refused(folder, [.. good[..8], .. BitConverter.GetBytes(ulong.MaxValue), .. good[16..]], "GATE3121");
        Refused(folder, [.. good[..16], .. BitConverter.GetBytes(ulong.MaxValue), .. good[24..]], "GATE3121");
        Refused(folder, [.. good[..24], .. BitConverter.GetBytes(ulong.MaxValue), .. good[32..]], "GATE3121", "a key");
        for (int length = 0; length < 1200; length += 13)
            Refused(folder, good[..length], length < 4 ? "GATE3120" : "GATE3121");
        Refused(folder, FactsLlama(null).Key("general.architecture", "mamba").Key("mamba.block_count", 4u).Build(), "GATE3123", "mamba");
        Refused(folder, FactsLlama(null).Key("llama.block_count", "four").Build(), "GATE3122", "llama.block_count", "four");
        Refused(folder, FactsLlama(null).Key("llama.attention.layer_norm_rms_epsilon", float.NaN).Build(), "GATE3122", "NaN");
        Refused(folder, FactsLlama(null).Key("llama.rope.scaling.type", "longrope").Build(), "GATE3123", "longrope");
        Refused(folder, FactsLlama(null).Key("llama.expert_weights_scale", 2f).Build(), "GATE3123", "llama.expert_weights_scale");
        Refused(folder, FactsLlama(null).Key("split.count", 2u).Build(), "GATE3124");
        Refused(folder, FactsLlama(null).Tensor("x", 20, new byte[18], 32).Build(), "GATE3123", "IQ4_NL");
        Refused(folder, FactsLlama(null).Tensor("x", 2, new byte[18], 33).Build(), "GATE3121", "whole Q4_0 blocks");
        Refused(folder, FactsLlama(null).Tensor("x", 0, new byte[4], 1, 1, 1, 1, 1).Build(), "GATE3121", "dimensions");
        Refused(folder, FactsLlama(null).Tensor("x", 0, new byte[4], 0).Build(), "GATE3121", "extents");
        Refused(folder, FactsLlama(null).Tensor("x", 0, new byte[4], int.MaxValue, int.MaxValue, int.MaxValue).Build(), "GATE3121");
        File.WriteAllBytes(folder.PathOf("other.gguf"), good);
        Refused(folder, good, "GATE3124", "model.gguf, other.gguf");
    }

    private static void Refused(TemporaryFolder folder, byte[] bytes, string code, params string[] parts)
    {
        File.WriteAllBytes(folder.PathOf("model.gguf"), bytes);
        GateException refused = Assert.Throws<GateException>(() => Model.Open(folder.Path).Dispose());
        Assert.True(refused.Diagnostic.Code == code, $"{refused.Diagnostic.Code} instead of {code}: {refused.Diagnostic.Message}");
        Assert.Equal(ExitCode.InputUnavailable, refused.ExitCode);
        Assert.All(parts, part => Assert.Contains(part, refused.Diagnostic.Message));
    }

    /// <summary>The sample model; linear weights in a block format or, when null, as bfloat16.</summary>
    private static GgufBuilder FactsLlama(GgufBlockFormat? format)
    {
        using var source = Model.Open(Repository.PathOf("samples", "models", "facts-llama"));
        GgufBuilder builder = new GgufBuilder().Key("general.architecture", "llama").Key("llama.embedding_length", 128u).Key("llama.block_count", 4u)
            .Key("llama.feed_forward_length", 384u).Key("llama.attention.head_count", 4u).Key("llama.attention.head_count_kv", 2u)
            .Key("llama.context_length", 256u).Key("llama.rope.freq_base", 10000f).Key("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        foreach (TensorInfo tensor in source.Checkpoint.Tensors)
        {
            string name = tensor.Name.Replace("model.layers.", "blk.").Replace("self_attn.q_proj", "attn_q").Replace("self_attn.k_proj", "attn_k")
                .Replace("self_attn.v_proj", "attn_v").Replace("self_attn.o_proj", "attn_output").Replace("mlp.gate_proj", "ffn_gate")
                .Replace("mlp.up_proj", "ffn_up").Replace("mlp.down_proj", "ffn_down").Replace("input_layernorm", "attn_norm")
                .Replace("post_attention_layernorm", "ffn_norm").Replace("model.embed_tokens", "token_embd").Replace("model.norm", "output_norm");
            float[] values = source.Checkpoint.ReadSingles(tensor.Name);
            if (name.Contains("attn_q") || name.Contains("attn_k"))
                values = Interleave(values, (int)tensor.Shape[0], (int)tensor.Shape[1], 32);
            bool isBlock = format is not null && tensor.Shape.Length == 2 && !name.Contains("embd");
            byte[] data;
            if (isBlock)
            {
                data = new byte[GgufBlocks.BytesOf(format!.Value, values.Length)];
                GgufBlocks.Encode(format.Value, values, data);
            }
            else
            {
                data = [.. values.SelectMany(value => BitConverter.GetBytes(BFloat16Conversion.Narrow(value)))];
            }

            builder.Tensor(name, isBlock ? (uint)format!.Value : 30u, data, [.. tensor.Shape.Reverse()]);
        }

        return builder;
    }

    // The converter's permutation: [heads, 2, half, columns] becomes [heads, half, 2, columns].
    private static float[] Interleave(float[] values, int rows, int columns, int headSize)
    {
        float[] result = new float[values.Length];
        int next = 0;
        for (int head = 0; head < rows / headSize; head++)
        {
            for (int i = 0; i < headSize / 2; i++)
            {
                for (int side = 0; side < 2; side++)
                    Array.Copy(values, ((head * headSize) + (side * headSize / 2) + i) * columns, result, next++ * columns, columns);
            }
        }

        return result;
    }

    private static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes<float>(values).ToArray();
}
