using System.Text.Json.Nodes;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Tests.Export;

/// <summary>A Llama of random weights with the sample model's tokenizer, in shapes that the sample model does not have.</summary>
internal static class RandomLlama
{
    /// <summary>Writes a model.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="seed">Of the weights and of the shapes.</param>
    /// <param name="width">Inputs of every layer are multiples of this.</param>
    /// <param name="change">Changes the configuration.</param>
    public static void Write(string folder, int seed, int width, Action<JsonObject>? change = null)
    {
        Random random = new(seed);
        int headSize = 2 * random.Next(4, 17), keyHeads = random.Next(1, 3), heads = keyHeads * random.Next(1, 3);
        int hidden = width * random.Next(1, 3), inner = width * random.Next(1, 3), layers = random.Next(1, 3);
        while (heads * headSize % width != 0)
            headSize += 2;
        JsonObject configuration = JsonNode.Parse(File.ReadAllBytes(Path.Combine(SampleModel.Folder, "config.json")))!.AsObject();
        (configuration["hidden_size"], configuration["intermediate_size"], configuration["head_dim"]) = (hidden, inner, headSize);
        (configuration["num_attention_heads"], configuration["num_key_value_heads"], configuration["num_hidden_layers"]) = (heads, keyHeads, layers);
        (configuration["tie_word_embeddings"], configuration["vocab_size"]) = (false, 4100);
        change?.Invoke(configuration);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), configuration.ToJsonString());
        foreach (string name in new[] { "tokenizer.json", "tokenizer_config.json", "generation_config.json" })
            File.Copy(Path.Combine(SampleModel.Folder, name), Path.Combine(folder, name), overwrite: true);

        List<TensorToWrite> tensors = [Tensor("model.embed_tokens.weight", 4100, hidden), Tensor("lm_head.weight", 4100, hidden), Tensor("model.norm.weight", hidden)];
        for (int layer = 0; layer < layers; layer++)
        {
            string block = $"model.layers.{layer}.";
            tensors.AddRange(
            [
                Tensor($"{block}input_layernorm.weight", hidden), Tensor($"{block}post_attention_layernorm.weight", hidden),
                Tensor($"{block}self_attn.q_proj.weight", heads * headSize, hidden), Tensor($"{block}self_attn.k_proj.weight", keyHeads * headSize, hidden),
                Tensor($"{block}self_attn.v_proj.weight", keyHeads * headSize, hidden), Tensor($"{block}self_attn.o_proj.weight", hidden, heads * headSize),
                Tensor($"{block}mlp.gate_proj.weight", inner, hidden), Tensor($"{block}mlp.up_proj.weight", inner, hidden),
                Tensor($"{block}mlp.down_proj.weight", hidden, inner),
            ]);
        }

        CheckpointWriter.WriteTensors(folder, tensors);

        TensorToWrite Tensor(string name, params ReadOnlySpan<long> shape)
        {
            long count = 1;
            foreach (long extent in shape)
                count *= extent;
            byte[] bytes = new byte[2 * count];
            for (int i = 0; i < count; i++)
                BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), BFloat16Conversion.Narrow((float)((random.NextDouble() + random.NextDouble() - 1) * (shape.Length == 1 ? 1 : 0.2))));
            return new TensorToWrite(name, NumberFormat.BFloat16, [.. shape], stream => stream.Write(bytes));
        }
    }
}
