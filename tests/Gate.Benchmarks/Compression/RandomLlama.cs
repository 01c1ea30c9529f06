using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;

namespace Gate.Tests;

/// <summary>A Llama model of any size with seeded random weights in bfloat16 and the sample model's tokenizer: for memory and time, not for knowledge.</summary>
internal static class RandomLlama
{
    private const int Vocabulary = 4096;
    private const int HeadSize = 64;

    /// <summary>Writes the model.</summary>
    /// <param name="folder">An empty folder, or one that is not there.</param>
    /// <param name="width">Hidden size, a multiple of 64; heads of 64, all with keys and values of their own.</param>
    /// <param name="inner">Size of the feed-forward layers.</param>
    /// <param name="blocks">Transformer blocks.</param>
    /// <returns>Parameters, embeddings counted once.</returns>
    public static long Write(string folder, int width, int inner, int blocks)
    {
        Directory.CreateDirectory(folder);
        string sample = Repository.PathOf("samples", "models", "facts-llama");
        foreach (string name in (string[])["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "generation_config.json"])
        {
            if (File.Exists(Path.Combine(sample, name)))
                File.Copy(Path.Combine(sample, name), Path.Combine(folder, name));
        }

        string configuration = File.ReadAllText(Path.Combine(sample, "config.json"));
        foreach ((string key, int value) in new[]
        {
            ("hidden_size", width), ("intermediate_size", inner), ("num_hidden_layers", blocks), ("head_dim", HeadSize),
            ("num_attention_heads", width / HeadSize), ("num_key_value_heads", width / HeadSize), ("max_position_embeddings", 2048),
        })
        {
            configuration = Regex.Replace(configuration, $"\"{key}\": \\d+", $"\"{key}\": {value.ToString(CultureInfo.InvariantCulture)}", RegexOptions.None, TimeSpan.FromSeconds(1));
        }

        File.WriteAllText(Path.Combine(folder, "config.json"), configuration);
        List<TensorToWrite> tensors = [Matrix("model.embed_tokens", Vocabulary, width, 1), Norm("model.norm", width)];
        for (int block = 0; block < blocks; block++)
        {
            string layer = $"model.layers.{block}";
            tensors.AddRange([Norm($"{layer}.input_layernorm", width), Norm($"{layer}.post_attention_layernorm", width)]);
            foreach (string name in (string[])["q_proj", "k_proj", "v_proj", "o_proj"])
                tensors.Add(Matrix($"{layer}.self_attn.{name}", width, width, (tensors.Count * 7) + 3));
            foreach (string name in (string[])["gate_proj", "up_proj"])
                tensors.Add(Matrix($"{layer}.mlp.{name}", inner, width, (tensors.Count * 7) + 3));
            tensors.Add(Matrix($"{layer}.mlp.down_proj", width, inner, (tensors.Count * 7) + 3));
        }

        CheckpointWriter.WriteTensors(folder, tensors);
        return tensors.Sum(tensor => tensor.Length / 2);
    }

    private static TensorToWrite Norm(string module, int width) => new($"{module}.weight", NumberFormat.BFloat16, [width], stream =>
    {
        byte[] one = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(one, 0x3F80);
        for (int i = 0; i < width; i++)
            stream.Write(one);
    });

    // Uniform with a spread that keeps the size of activations from block to block.
    private static TensorToWrite Matrix(string module, int rows, int columns, int seed) => new($"{module}.weight", NumberFormat.BFloat16, [rows, columns], stream =>
    {
        var random = new Random(seed);
        float[] values = new float[columns];
        ushort[] bits = new ushort[columns];
        byte[] bytes = new byte[columns * 2];
        float spread = MathF.Sqrt(3f / columns) * 2;
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < columns; i++)
                values[i] = (random.NextSingle() - 0.5f) * spread;
            BFloat16Conversion.Narrow(values, bits);
            Buffer.BlockCopy(bits, 0, bytes, 0, bytes.Length);
            stream.Write(bytes);
        }
    });
}
