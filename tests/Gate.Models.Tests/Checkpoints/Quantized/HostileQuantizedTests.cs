using Gate.Numerics.NumberFormats;

namespace Gate.Models.Tests.Checkpoints.Quantized;

/// <summary>Packed checkpoints as no honest tool writes them, and formats Gate does not read.</summary>
public sealed class HostileQuantizedTests
{
    private const string Name = "model.layers.0.mlp.up_proj";

    [Theory]
    [InlineData("""{"quant_method":"bitsandbytes"}""", "bitsandbytes")]
    [InlineData("""{"quant_method":"fp8"}""", "'fp8'")]
    [InlineData("""{"quant_method":"gptq","bits":4,"checkpoint_format":"marlin"}""", "marlin")]
    [InlineData("""{"quant_method":"gptq","bits":5,"checkpoint_format":"gptq_p"}""", "gptq_p")]
    [InlineData("""{"quant_method":"gptq","bits":5}""", "5 bits")]
    [InlineData("""{"quant_method":"gptq","bits":4,"is_marlin_format":true}""", "marlin")]
    [InlineData("""{"quant_method":"awq","bits":4,"version":"gemv"}""", "gemv")]
    [InlineData("""{"quant_method":"awq","bits":4,"version":"gemm","backend":"llm-awq"}""", "llm-awq")]
    [InlineData("""{"quant_method":"awq","bits":3,"version":"gemm"}""", "3 bits")]
    [InlineData("""{"quant_method":"compressed-tensors","format":"nvfp4-pack-quantized"}""", "nvfp4-pack-quantized")]
    [InlineData("""{"quant_method":"compressed-tensors","format":"mxfp4-pack-quantized"}""", "mxfp4-pack-quantized")]
    [InlineData("""{"quant_method":"compressed-tensors","format":"marlin-24"}""", "marlin-24")]
    [InlineData("""{"quant_method":"compressed-tensors","format":"mixed-precision","config_groups":{"g":{"targets":["Linear"],"format":"mxfp8-quantized","weights":{"num_bits":8,"type":"float"}}}}""", "mxfp8-quantized")]
    [InlineData("""{"quant_method":"compressed-tensors","config_groups":{"NVFP4":["Linear"]}}""", "NVFP4")]
    [InlineData("""{"quant_method":"compressed-tensors","quantization_status":"frozen"}""", "frozen")]
    [InlineData("""{"quant_method":"compressed-tensors","kv_cache_scheme":{"num_bits":8}}""", "kv_cache_scheme")]
    [InlineData("""{"quant_method":"compressed-tensors","transform_config":{"config_groups":{"u":{}}}}""", "transform_config")]
    [InlineData("""{}""", "no quant_method")]
    public void A_format_out_of_scope_is_refused_by_its_name(string settings, string found)
    {
        using PackedFolder folder = new();
        folder.Add("x", NumberFormat.Float32, [1f], 1).Refused(settings, "GATE3110", found, "config.json");
    }

    [Theory]
    [InlineData("""{"quant_method":7}""", "quant_method", "a text")]
    [InlineData("""{"quant_method":"gptq","bits":"4"}""", "bits", "an integer")]
    [InlineData("""{"quant_method":"gptq","bits":4,"group_size":0}""", "group_size", "at least 1")]
    [InlineData("""{"quant_method":"compressed-tensors","config_groups":{"g":{"weights":{}}}}""", "targets", "no such key")]
    [InlineData("""{"quant_method":"compressed-tensors","config_groups":{"g":{"targets":["Linear"],"weights":{"num_bits":4,"strategy":"group"}}}}""", "group_size", "at least 1")]
    [InlineData("""{"quant_method":"compressed-tensors","config_groups":{"g":{"targets":["Linear"],"format":"float-quantized","weights":{"num_bits":8,"type":"int"}}}}""", "float-quantized", "int")]
    [InlineData("""{"quant_method":"compressed-tensors","version":"new"}""", "version", "new")]
    [InlineData("""5""", "quantization_config", "an object")]
    public void Settings_that_are_not_as_specified_are_refused(string settings, params string[] parts)
    {
        using PackedFolder folder = new();
        folder.Add("x", NumberFormat.Float32, [1f], 1).Refused(settings, "GATE3111", parts);
    }

    [Fact]
    public void A_packed_matrix_whose_parts_do_not_fit_is_refused()
    {
        var matrix = new RandomMatrix(8, 64, 3, 32, true, 1);
        string settings = CompressedTensorsTests.Settings(3, false, "group", 32, "0.18.0");
        Refused(folder => folder.Remove($"{Name}.weight_scale"), "GATE3112", "weight_scale");
        Refused(folder => folder.Remove($"{Name}.weight_shape"), "GATE3112", "weight_shape");
        Refused(folder => folder.Remove($"{Name}.weight_zero_point"), "GATE3112", "weight_zero_point");
        Refused(folder => folder.Add($"{Name}.weight_shape", NumberFormat.Int64, [9L, 64], 2), "GATE3113", "weight_packed", "[9, 6]", "[8, 6]");
        Refused(folder => folder.Add($"{Name}.weight_shape", NumberFormat.Int64, [8L, long.MaxValue], 2), "GATE3116", "weight_shape");
        Refused(folder => folder.Add($"{Name}.weight_shape", NumberFormat.Int64, [-8L, 64], 2), "GATE3116", "weight_shape", "-8");
        Refused(folder => folder.Add($"{Name}.weight_scale", NumberFormat.BFloat16, matrix.Scales, 2, 8), "GATE3113", "weight_scale", "[8, 2]");
        Refused(folder => folder.Add($"{Name}.weight_scale", NumberFormat.Int16, matrix.Scales, 8, 2), "GATE3114", "weight_scale", "I16");
        Refused(folder => folder.Add($"{Name}.weight_zero_point", NumberFormat.Int32, new int[4], 2, 2), "GATE3113", "weight_zero_point");
        Refused(folder => folder.Add($"{Name}.weight_packed", NumberFormat.Float32, new float[48], 8, 6), "GATE3114", "weight_packed", "F32");
        Refused(folder => folder.Add($"{Name}.weight_g_idx", NumberFormat.Int32, Enumerable.Repeat(2, 64).ToArray(), 64), "GATE3116", "weight_g_idx", "0 to 1");
        Refused(folder => folder.Add($"{Name}.weight_g_idx", NumberFormat.Int32, new int[63], 63), "GATE3113", "weight_g_idx");
        Refused(folder => folder.Add($"{Name}.weight", NumberFormat.Float32, new float[512], 8, 64), "GATE3118", "packed and plain");
        matrix.Scales[5] = 0x7FC0;
        Refused(folder => folder.Add($"{Name}.weight_scale", NumberFormat.BFloat16, matrix.Scales, 8, 2), "GATE3115", "NaN", "[2, 1]");

        void Refused(Func<PackedFolder, PackedFolder> change, string code, params string[] parts)
        {
            using PackedFolder folder = CompressedTensorsTests.Packed(new RandomMatrix(8, 64, 3, 32, true, 1), true, false, false);
            change(folder).Refused(settings, code, parts);
        }
    }

    [Fact]
    public void Gptq_and_awq_matrices_whose_parts_do_not_fit_are_refused()
    {
        string gptq = """{"quant_method":"gptq","bits":4,"group_size":32}""", awq = """{"quant_method":"awq","bits":4,"group_size":32}""";
        using PackedFolder four = GptqAndAwqTests.Gptq(new RandomMatrix(32, 64, 4, 32, true, 2), 1);
        four.Refused("""{"quant_method":"gptq","bits":8,"group_size":32}""", "GATE3113", "scales");
        four.Refused("""{"quant_method":"gptq","bits":3,"group_size":32}""", "GATE3113", "qweight");
        four.Refused("""{"quant_method":"gptq","bits":4,"group_size":16}""", "GATE3113", "scales", "[4, 32]");
        four.Remove($"{Name}.qzeros").Refused(gptq, "GATE3112", "qzeros");
        using PackedFolder order = GptqAndAwqTests.Awq(new RandomMatrix(32, 64, 4, 32, true, 2));
        order.Refused("""{"quant_method":"awq","bits":4,"group_size":64}""", "GATE3113", "scales");
        order.Remove($"{Name}.scales").Refused(awq, "GATE3112", "scales");
        using PackedFolder none = new();
        none.Add("x", NumberFormat.Float32, [1f], 1).Refused(gptq, "GATE3112", "qweight");
    }

    [Fact]
    public void A_sparsity_mask_that_does_not_fit_its_values_is_refused()
    {
        string settings = """{"sparsity_config":{"format":"sparse-bitmask"}}""", four = """{"sparsity_config":{"format":"sparse-24-bitmask"}}""";
        Sparse([0b0011, 0b0101], [0, 2], 3).Refused(settings, "GATE3113", "compressed", "[4]");
        Sparse([0b0011, 0b0101], [0, 3], 4).Refused(settings, "GATE3116", "row_offsets", "start at 2");
        Sparse([0b0111, 0b0101], [0, 2], 4).Refused(settings, "GATE3116", "row_offsets");
        PackedFolder folder = Sparse([0b0111, 0b0101], [0, 2], 4).Add("a.b.compressed", NumberFormat.BFloat16, new ushort[4], 2, 2);
        folder.Refused(four, "GATE3119", "2 of every 4", "3 in row 0");

        static PackedFolder Sparse(byte[] mask, long[] offsets, int kept) => new PackedFolder()
            .Add("a.b.bitmask", NumberFormat.UInt8, mask, 2, 1)
            .Add("a.b.shape", NumberFormat.Int64, [2L, 4], 2)
            .Add("a.b.row_offsets", NumberFormat.Int64, offsets, 2)
            .Add("a.b.compressed", NumberFormat.BFloat16, new ushort[kept], kept);
    }
}
