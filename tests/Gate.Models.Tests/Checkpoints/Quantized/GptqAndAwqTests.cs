using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.PackedWeights;

namespace Gate.Models.Tests.Checkpoints.Quantized;

/// <summary>GPTQ and AWQ checkpoints give the weights that the definition gives.</summary>
public sealed class GptqAndAwqTests
{
    private const string Name = "model.layers.0.mlp.up_proj";

    [Theory]
    [InlineData(2, 1, true)]
    [InlineData(2, 2, false)]
    [InlineData(3, 1, true)]
    [InlineData(3, 2, true)]
    [InlineData(4, 1, false)]
    [InlineData(4, 1, true)]
    [InlineData(4, 2, true)]
    [InlineData(8, 1, true)]
    [InlineData(8, 2, true)]
    public void Gptq_weights_are_scale_times_code_less_zero(int bits, int version, bool hasZeros)
    {
        var matrix = new RandomMatrix(64, 96, bits, 32, hasZeros, bits + version);
        using PackedFolder folder = Gptq(matrix, version);
        string format = version == 1 ? "" : ""","checkpoint_format":"gptq_v2" """;
        string settings = $$"""{"quant_method":"gptq","bits":{{bits}},"group_size":32,"sym":{{(hasZeros ? "false" : "true")}}{{format}}}""";
        using (Checkpoint checkpoint = folder.Open(settings))
        {
            Assert.Equal(matrix.Values, checkpoint.ReadSingles($"{Name}.weight"));
            float[] band = new float[2 * 96];
            checkpoint.ReadSingles(checkpoint.Require($"{Name}.weight"), 33, 2, band);
            Assert.Equal(matrix.Values.AsSpan(33 * 96, 2 * 96).ToArray(), band);
            Assert.Equal(bits, checkpoint.CodeBitsOf(checkpoint.Require($"{Name}.weight")));
        }

        using Checkpoint beside = folder.OpenWith("""{"model_type":"llama"}""", ("quantize_config.json", $$"""{"w_bit":{{bits}},"q_group_size":32{{format}}}"""));
        Assert.Equal(matrix.Values, beside.ReadSingles($"{Name}.weight"));
    }

    [Fact]
    public void Gptq_columns_in_activation_order_take_the_group_their_index_names()
    {
        int[] groupOf = [.. Enumerable.Range(0, 64).Select(column => (column * 5) % 2)];
        var matrix = new RandomMatrix(32, 64, 4, 32, true, 8, groupOf);
        using PackedFolder folder = Gptq(matrix, 2).Add($"{Name}.g_idx", NumberFormat.Int32, groupOf, 64);
        using Checkpoint checkpoint = folder.Open("""{"quant_method":"gptq","bits":4,"group_size":32,"desc_act":true,"checkpoint_format":"gptq_v2"}""");
        Assert.Equal(matrix.Values, checkpoint.ReadSingles($"{Name}.weight"));
        groupOf[17] = 2;
        folder.Add($"{Name}.g_idx", NumberFormat.Int32, groupOf, 64);
        folder.Refused("""{"quant_method":"gptq","bits":4,"group_size":32}""", "GATE3116", "g_idx", "0 to 1", "[17]");
    }

    [Fact]
    public void Gptq_settings_of_single_modules_override_those_of_the_model()
    {
        var matrix = new RandomMatrix(32, 64, 8, 64, true, 9);
        using PackedFolder folder = Gptq(matrix, 2);
        using Checkpoint checkpoint = folder.Open(
            """{"quant_method":"gptq","bits":4,"group_size":32,"checkpoint_format":"gptq_v2","dynamic":{"-:lm_head":{},"+:.*up_proj":{"bits":8,"group_size":-1}}}""");
        Assert.Equal(matrix.Values, checkpoint.ReadSingles($"{Name}.weight"));
    }

    [Fact]
    public void A_symmetric_zero_point_is_eight_in_both_versions()
    {
        uint[] codes = GptqPacking.PackWeights(new byte[32 * 32], 32, 32, 4);
        foreach ((uint word, string format) in new[] { (0x77777777u, "gptq"), (0x88888888u, "gptq_v2") })
        {
            using PackedFolder folder = new();
            folder.Add($"{Name}.qweight", NumberFormat.Int32, codes, 4, 32).Add($"{Name}.qzeros", NumberFormat.Int32, [word, word, word, word], 1, 4);
            folder.Add($"{Name}.scales", NumberFormat.Float32, Enumerable.Repeat(0.5f, 32).ToArray(), 1, 32);
            using Checkpoint checkpoint = folder.Open($$"""{"quant_method":"gptq","bits":4,"group_size":-1,"checkpoint_format":"{{format}}"}""");
            Assert.All(checkpoint.ReadSingles($"{Name}.weight"), value => Assert.Equal(-4f, value));
        }
    }

    [Fact]
    public void Awq_weights_are_scale_times_code_less_zero()
    {
        var matrix = new RandomMatrix(24, 64, 4, 32, true, 10);
        using PackedFolder folder = Awq(matrix);
        using (Checkpoint checkpoint = folder.Open("""{"quant_method":"awq","bits":4,"group_size":32,"zero_point":true,"version":"GEMM"}"""))
        {
            Assert.Equal(matrix.Values, checkpoint.ReadSingles($"{Name}.weight"));
            float[] band = new float[3 * 64];
            checkpoint.ReadSingles(checkpoint.Require($"{Name}.weight"), 13, 3, band);
            Assert.Equal(matrix.Values.AsSpan(13 * 64, 3 * 64).ToArray(), band);
        }

        using Checkpoint beside = folder.OpenWith("""{"model_type":"llama"}""", ("quant_config.json", """{"w_bit":4,"q_group_size":32,"zero_point":true,"version":"gemm"}"""));
        Assert.Equal(matrix.Values, beside.ReadSingles($"{Name}.weight"));
    }

    internal static PackedFolder Gptq(RandomMatrix matrix, int version)
    {
        PackedFolder folder = new();
        uint[] words = GptqPacking.PackWeights(matrix.Codes, matrix.Rows, matrix.Columns, matrix.Bits);
        byte[] zeros = RandomMatrix.Transpose(matrix.Zeros, matrix.Rows, matrix.Groups);
        folder.Add($"{Name}.qweight", NumberFormat.Int32, words, words.Length / matrix.Rows, matrix.Rows);
        folder.Add($"{Name}.qzeros", NumberFormat.Int32, GptqPacking.PackZeros(zeros, matrix.Groups, matrix.Rows, matrix.Bits, version), matrix.Groups, matrix.Rows * matrix.Bits / 32);
        return folder.Add($"{Name}.scales", NumberFormat.BFloat16, RandomMatrix.Transpose(matrix.Scales, matrix.Rows, matrix.Groups), matrix.Groups, matrix.Rows);
    }

    internal static PackedFolder Awq(RandomMatrix matrix)
    {
        PackedFolder folder = new();
        byte[] codes = RandomMatrix.Transpose(matrix.Codes, matrix.Rows, matrix.Columns), zeros = RandomMatrix.Transpose(matrix.Zeros, matrix.Rows, matrix.Groups);
        folder.Add($"{Name}.qweight", NumberFormat.Int32, AwqPacking.Pack(codes, matrix.Columns, matrix.Rows), matrix.Columns, matrix.Rows / 8);
        folder.Add($"{Name}.qzeros", NumberFormat.Int32, AwqPacking.Pack(zeros, matrix.Groups, matrix.Rows), matrix.Groups, matrix.Rows / 8);
        return folder.Add($"{Name}.scales", NumberFormat.BFloat16, RandomMatrix.Transpose(matrix.Scales, matrix.Rows, matrix.Groups), matrix.Groups, matrix.Rows);
    }
}
