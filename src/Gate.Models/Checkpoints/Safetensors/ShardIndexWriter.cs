using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gate.Models.Checkpoints.Safetensors;

/// <summary>Writes <c>model.safetensors.index.json</c>.</summary>
internal static class ShardIndexWriter
{
    /// <summary>Writes the index of shards.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="shards">The tensors of each shard, in name order over all shards.</param>
    /// <param name="shardName">A shard's file name from its index and the number of shards.</param>
    public static void Write(Stream stream, IReadOnlyList<IReadOnlyList<TensorToWrite>> shards, Func<int, int, string> shardName)
    {
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using var json = new Utf8JsonWriter(stream, options);
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        json.WriteNumber("total_size", shards.SelectMany(shard => shard).Sum(tensor => tensor.Length));
        json.WriteEndObject();
        json.WriteStartObject("weight_map");
        for (int i = 0; i < shards.Count; i++)
        {
            foreach (TensorToWrite tensor in shards[i])
                json.WriteString(tensor.Name, shardName(i, shards.Count));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
