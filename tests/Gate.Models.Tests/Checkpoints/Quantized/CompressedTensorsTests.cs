using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.PackedWeights;

namespace Gate.Models.Tests.Checkpoints.Quantized;

/// <summary>compressed-tensors checkpoints of every layout Gate reads give the weights that the definition gives.</summary>
public sealed class CompressedTensorsTests
{
    private const string Name = "model.layers.0.mlp.up_proj";

    /// <summary>Bits, packing, grid and sharing of scales.</summary>
    public static TheoryData<int, bool, bool, string> Layouts()
    {
        TheoryData<int, bool, bool, string> layouts = [];
        for (int bits = 1; bits <= 8; bits++)
        {
            foreach (string strategy in new[] { "group", "channel", "tensor" })
            {
                layouts.Add(bits, true, true, strategy);
                layouts.Add(bits, true, false, strategy);
                layouts.Add(bits, false, true, strategy);
                layouts.Add(bits, false, false, strategy);
            }
        }

        return layouts;
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Packed_weights_are_scale_times_code_less_zero(int bits, bool isDense, bool isSymmetric, string strategy)
    {
        (int rows, int columns) = (21, 96);
        int groupSize = strategy == "group" ? 32 : columns;
        var matrix = new RandomMatrix(strategy == "tensor" ? 1 : rows, columns, bits, groupSize, !isSymmetric, (bits * 8) + strategy.Length);
        using PackedFolder folder = Packed(matrix, isDense, isSymmetric, strategy == "tensor");
        using Checkpoint checkpoint = folder.Open(Settings(bits, isSymmetric, strategy, groupSize, isDense ? "0.17.0" : "0.16.0"));
        Expect(checkpoint, matrix.Values);
        TensorInfo weight = checkpoint.Require($"{Name}.weight");
        Assert.Equal(bits, checkpoint.CodeBitsOf(weight));
        Assert.Equal(checkpoint.StoredTensors.Sum(tensor => tensor.Length), checkpoint.StoredBytesOf(weight));
        Assert.Single(checkpoint.Tensors);
    }

    [Fact]
    public void Twenty_codes_of_three_bits_are_as_wide_either_way_and_the_version_decides()
    {
        var matrix = new RandomMatrix(4, 20, 3, 20, false, 1);
        foreach ((bool isDense, string version) in new[] { (true, "0.17.0"), (true, "0.18.1.a20260301"), (false, "0.16.0"), (false, "0.9.4") })
        {
            using PackedFolder folder = Packed(matrix, isDense, true, false);
            using Checkpoint checkpoint = folder.Open(Settings(3, true, "channel", 20, version));
            Expect(checkpoint, matrix.Values);
        }
    }

    [Fact]
    public void Columns_in_activation_order_take_the_group_their_index_names()
    {
        int[] groupOf = [.. Enumerable.Range(0, 64).Select(column => (column * 7) % 4)];
        var matrix = new RandomMatrix(8, 64, 4, 16, true, 2, groupOf);
        using PackedFolder folder = Packed(matrix, true, false, false);
        folder.Add($"{Name}.weight_g_idx", NumberFormat.Int32, groupOf, 64);
        using Checkpoint checkpoint = folder.Open(Settings(4, false, "group", 16, "0.18.0"));
        Expect(checkpoint, matrix.Values);
    }

    [Fact]
    public void Targets_groups_and_presets_are_resolved_from_the_most_specific_to_the_least()
    {
        var matrix = new RandomMatrix(8, 128, 4, 128, false, 3);
        using PackedFolder folder = Packed(matrix, true, true, false);
        string special = """{"targets":["re:.*up_proj$"],"weights":{"num_bits":4,"type":"int","symmetric":true,"strategy":"channel"}}""";
        string general = """{"targets":["Linear"],"weights":{"num_bits":8,"type":"int","symmetric":true,"strategy":"channel"}}""";
        using (Checkpoint checkpoint = folder.Open($$"""{"quant_method":"compressed-tensors","format":"pack-quantized","config_groups":{"a":{{general}}, "b":{{special}} } }"""))
            Expect(checkpoint, matrix.Values);
        using (Checkpoint checkpoint = folder.Open("""{"format":"pack-quantized","config_groups":{"W4A16":["Linear"]}}""", "compression_config"))
            Expect(checkpoint, matrix.Values);
        folder.Refused("""{"format":"pack-quantized","config_groups":{"W4A16":["Linear"]},"ignore":["re:.*mlp"]}""", "GATE3111", Name, "ignore");
        folder.Refused("""{"format":"pack-quantized","config_groups":{"W4A16":["re:up_proj"]}}""", "GATE3111", Name);
        folder.Refused("""{"format":"pack-quantized","config_groups":{"W4A16":["re:("]}}""", "GATE3111", "regular expression");
    }

    [Theory]
    [InlineData("int-quantized")]
    [InlineData("naive-quantized")]
    public void Whole_byte_codes_are_read_with_and_without_zero_points(string format)
    {
        foreach (bool isSymmetric in new[] { true, false })
        {
            var matrix = new RandomMatrix(9, 40, 8, 40, !isSymmetric, 4);
            using PackedFolder folder = new();
            folder.Add($"{Name}.weight", NumberFormat.Int8, matrix.SignedCodes, 9, 40).Add($"{Name}.weight_scale", NumberFormat.BFloat16, matrix.Scales, 9, 1);
            if (!isSymmetric)
                folder.Add($"{Name}.weight_zero_point", NumberFormat.Int8, matrix.SignedZeros, 9, 1);
            using Checkpoint checkpoint = folder.Open(Settings(8, isSymmetric, "channel", 40, "0.12.0", format));
            Expect(checkpoint, matrix.Values);
        }
    }

    [Fact]
    public void Float8_weights_are_read_by_tensor_channel_and_block()
    {
        byte[] codes = [.. Enumerable.Range(0, 256).Where(code => (code & 0x7F) != 0x7F).Select(code => (byte)code)];
        (int rows, int columns) = (2, codes.Length / 2);
        foreach ((string arguments, long[] shape, Func<int, int, int> scaleOf) in new (string, long[], Func<int, int, int>)[]
        {
            ("\"strategy\":\"tensor\"", [1], (_, _) => 0),
            ("\"strategy\":\"channel\"", [rows, 1], (row, _) => row),
            ("\"strategy\":\"block\",\"block_structure\":[2,100]", [1, 2], (_, column) => column / 100),
        })
        {
            float[] scales = [.. Enumerable.Range(0, (int)shape.Aggregate((product, extent) => product * extent)).Select(i => 0.3f + (0.7f * i))];
            using PackedFolder folder = new();
            folder.Add($"{Name}.weight", NumberFormat.Float8E4M3, codes, rows, columns).Add($"{Name}.weight_scale", NumberFormat.Float32, scales, shape);
            folder.Add($"{Name}.input_scale", NumberFormat.Float32, [1f], 1);
            using Checkpoint checkpoint = folder.Open(
                $$"""{"quant_method":"compressed-tensors","format":"float-quantized","config_groups":{"group_0":{"targets":["Linear"],"input_activations":{"num_bits":8},"weights":{"num_bits":8,"type":"float",{{arguments}} } } } }""");
            float[] expected = [.. codes.Select((code, i) => scales[scaleOf(i / columns, i % columns)] * Float8Conversion.WidenE4M3(code))];
            Expect(checkpoint, expected);
            Assert.True(checkpoint.Quantization!.QuantizesActivations);
        }
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, true)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    [InlineData(false, false, false)]
    public void Old_sparse_formats_put_kept_values_back(bool isTwoOfFour, bool isNamedByParameter, bool isStacked)
    {
        (int rows, int columns) = (6, 20);
        Random random = new(5);
        sbyte[] codes = new sbyte[rows * columns];
        for (int i = 0; i < codes.Length; i++)
        {
            bool keeps = isTwoOfFour ? i % 4 is 1 or 2 : random.Next(3) == 0;
            codes[i] = keeps ? (sbyte)random.Next(1, 100) : (sbyte)0;
        }

        byte[] mask = new byte[rows * Bitmask.BytesPerRow(columns)];
        List<sbyte> kept = [];
        long[] offsets = new long[rows];
        for (int row = 0; row < rows; row++)
        {
            offsets[row] = kept.Count;
            kept.AddRange(codes.Skip(row * columns).Take(columns).Where(code => code != 0));
            Bitmask.FromWeights([.. codes.Skip(row * columns).Take(columns).Select(code => (float)code)], mask.AsSpan(row * 3, 3));
        }

        string stem = isNamedByParameter ? $"{Name}.weight" : Name;
        long[] keptShape = isTwoOfFour ? [rows, columns / 2] : [kept.Count];
        using PackedFolder folder = new();
        folder.Add($"{stem}.bitmask", NumberFormat.UInt8, mask, rows, 3).Add($"{stem}.shape", NumberFormat.Int64, new long[] { rows, columns }, 2);
        if (!isTwoOfFour)
            folder.Add($"{stem}.row_offsets", NumberFormat.Int64, offsets, rows);
        if (isStacked)
            folder.Add($"{stem}.compressed", NumberFormat.Int8, kept.ToArray(), keptShape).Add($"{Name}.weight_scale", NumberFormat.Float32, [0.37f], 1);
        else
            folder.Add($"{stem}.compressed", NumberFormat.BFloat16, [.. kept.Select(value => BFloat16Conversion.Narrow(value))], keptShape);
        string sparsity = $$"""{"format":"{{(isTwoOfFour ? "sparse-24-bitmask" : "sparse-bitmask")}}","global_sparsity":0.5}""";
        string groups = isStacked ? ""","config_groups":{"g":{"targets":["Linear"],"weights":{"num_bits":8,"strategy":"tensor"}}}""" : "";
        using Checkpoint checkpoint = folder.Open($$"""{"quant_method":"compressed-tensors","format":"{{(isStacked ? "int-quantized" : "dense")}}","sparsity_config":{{sparsity}}{{groups}}}""");
        Expect(checkpoint, [.. codes.Select(code => isStacked ? 0.37f * code : code)]);
    }

    [Fact]
    public void A_matrix_is_the_same_whichever_rows_are_asked_for_and_its_hash_covers_what_is_stored()
    {
        var matrix = new RandomMatrix(21, 96, 3, 32, true, 6);
        using PackedFolder folder = Packed(matrix, true, false, false);
        string settings = Settings(3, false, "group", 32, "0.18.0");
        string hash;
        using (Checkpoint checkpoint = folder.Open(settings))
        {
            TensorInfo weight = checkpoint.Require($"{Name}.weight");
            float[] band = new float[5 * 96];
            checkpoint.ReadSingles(weight, 13, 5, band);
            Assert.Equal(matrix.Values.AsSpan(13 * 96, 5 * 96).ToArray(), band);
            Assert.True(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(checkpoint.ReadBytes(weight, 13, 5)).SequenceEqual(band));
            Assert.Null(FiniteCheck.FindFirst(checkpoint, TestContext.Current.CancellationToken));
            hash = checkpoint.ComputeWeightsHash(TestContext.Current.CancellationToken);
        }

        matrix.Scales[0]++;
        folder.Add($"{Name}.weight_scale", NumberFormat.BFloat16, matrix.Scales, 21, 3);
        using Checkpoint changed = folder.Open(settings);
        Assert.NotEqual(hash, changed.ComputeWeightsHash(TestContext.Current.CancellationToken));
    }

    internal static PackedFolder Packed(RandomMatrix matrix, bool isDense, bool isSymmetric, bool isOneScale)
    {
        PackedFolder folder = new();
        uint[] words = CompressedTensorsPacking.Pack(matrix.SignedCodes, matrix.Rows, matrix.Columns, matrix.Bits, isDense);
        folder.Add($"{Name}.weight_packed", NumberFormat.Int32, words, matrix.Rows, words.Length / matrix.Rows);
        folder.Add($"{Name}.weight_scale", NumberFormat.BFloat16, matrix.Scales, isOneScale ? [1] : [matrix.Rows, matrix.Groups]);
        folder.Add($"{Name}.weight_shape", NumberFormat.Int64, new long[] { matrix.Rows, matrix.Columns }, 2);
        if (!isSymmetric)
        {
            uint[] zeros = CompressedTensorsPacking.PackZeros(matrix.SignedZeros, matrix.Rows, matrix.Groups, matrix.Bits, isDense);
            folder.Add($"{Name}.weight_zero_point", NumberFormat.Int32, zeros, zeros.Length / matrix.Groups, matrix.Groups);
        }

        return folder;
    }

    internal static string Settings(int bits, bool isSymmetric, string strategy, int groupSize, string version, string format = "pack-quantized") => $$"""
        {"quant_method":"compressed-tensors","version":"{{version}}","format":"{{format}}","quantization_status":"compressed","ignore":["lm_head"],
         "kv_cache_scheme":null,"sparsity_config":{},"transform_config":{},
         "config_groups":{"group_0":{"targets":["Linear"],"input_activations":null,"output_activations":null,"weights":{"num_bits":{{bits}},"type":"int",
         "symmetric":{{(isSymmetric ? "true" : "false")}},"strategy":"{{strategy}}","group_size":{{(strategy == "group" ? groupSize : "null")}},"actorder":null,"dynamic":false} } } }
        """;

    private static void Expect(Checkpoint checkpoint, float[] expected) => Assert.Equal(expected, checkpoint.ReadSingles($"{Name}.weight"));
}
