using Gate.Diagnostics;
using Gate.Models.Checkpoints.Json;

namespace Gate.Models.Checkpoints.Safetensors;

/// <summary><c>model.safetensors.index.json</c>: which shard holds which tensor.</summary>
internal static class ShardIndex
{
    /// <summary>The index's name in a model folder.</summary>
    public const string FileName = "model.safetensors.index.json";

    private const string Code = "GATE3016";
    private const string Remedy = "Download the model again, with all its shards and their index.";

    /// <summary>Reads an index, opens its shards and checks that both say the same.</summary>
    /// <param name="folder">The model folder.</param>
    /// <returns>The open shards, in the order of their names.</returns>
    /// <exception cref="GateException">Exit 4: GATE3016 to GATE3020, or a malformed shard.</exception>
    public static IReadOnlyList<SafetensorsFile> Open(string folder)
    {
        string path = Path.Combine(folder, FileName);
        CheckedJson map = JsonSource.Read(path, Code, Remedy, SafetensorsHeader.MaximumLength).Parse().Require("weight_map", "an object from tensor to file");
        var shardOf = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string tensor, CheckedJson file) in map.Properties())
            shardOf.Add(tensor, CheckedName(file));

        var shards = new List<SafetensorsFile>();
        try
        {
            foreach (string name in shardOf.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
                shards.Add(OpenShard(folder, path, name));
            CheckAgreement(path, shardOf, shards);
            return shards;
        }
        catch
        {
            shards.ForEach(shard => shard.File.Dispose());
            throw;
        }
    }

    private static string CheckedName(CheckedJson file)
    {
        string name = file.AsString();
        bool isPlain = !Path.IsPathRooted(name) && name.AsSpan().IndexOfAny("\\:\0") < 0
            && name.Split('/').All(segment => segment is not ("" or "." or ".."));
        return isPlain
            ? name
            : throw GateException.Input(
                "GATE3018",
                $"{file.Source.Path}: '{file.Key}': expected a file inside the model folder, found {CheckedJson.Describe(file.Element)}.",
                file.Refuse("path").Diagnostic.Location,
                "Do not use this checkpoint unless you trust where it came from; shards belong into the model folder.");
    }

    private static SafetensorsFile OpenShard(string folder, string indexPath, string name)
    {
        string path = Path.Combine(folder, name);
        return File.Exists(path)
            ? SafetensorsFile.Open(path, name)
            : throw GateException.Input("GATE3017", $"{indexPath}: expected shard '{name}' in the model folder, found no such file.", new SourceLocation(indexPath), Remedy);
    }

    private static void CheckAgreement(string indexPath, Dictionary<string, string> shardOf, List<SafetensorsFile> shards)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (TensorInfo tensor in shards.SelectMany(shard => shard.Tensors))
        {
            if (!found.TryAdd(tensor.Name, tensor.File))
                throw Refuse("GATE3020", $"expected tensor '{tensor.Name}' in one shard, found it in '{found[tensor.Name]}' and in '{tensor.File}'");
        }

        foreach ((string tensor, string shard) in shardOf)
        {
            if (!found.TryGetValue(tensor, out string? actual) || actual != shard)
                throw Refuse("GATE3019", $"expected tensor '{tensor}' in shard '{shard}', found it {(actual is null ? "nowhere" : $"in '{actual}'")}");
        }

        foreach ((string tensor, string shard) in found)
        {
            if (!shardOf.ContainsKey(tensor))
                throw Refuse("GATE3019", $"expected every tensor of shard '{shard}' in the index, found no entry for '{tensor}'");
        }

        GateException Refuse(string code, string reason) =>
            GateException.Input(code, $"{indexPath}: {reason}.", new SourceLocation(indexPath), Remedy);
    }
}
