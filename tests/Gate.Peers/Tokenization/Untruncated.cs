using System.Text.Json.Nodes;

namespace Gate.Peers.Tokenization;

/// <summary>A copy of a <c>tokenizer.json</c> without truncation and padding, which the library applies and Gate leaves to its callers.</summary>
internal sealed class Untruncated : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gate-peers-");

    /// <summary>Writes the copy.</summary>
    public Untruncated(string file)
    {
        JsonObject root = JsonNode.Parse(File.ReadAllBytes(file))!.AsObject();
        root["truncation"] = null;
        root["padding"] = null;
        File.WriteAllText(Path, root.ToJsonString());
    }

    /// <summary>Where it lies until it is disposed of.</summary>
    public string Path => System.IO.Path.Combine(_folder.FullName, "tokenizer.json");

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
