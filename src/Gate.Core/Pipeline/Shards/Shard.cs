using System.Globalization;
using Gate.Core.Caching;
using Gate.Diagnostics;

namespace Gate.Core.Pipeline.Shards;

/// <summary>One of several equal parts of a suite's questions, for machines that share the work.</summary>
/// <param name="Index">1 to <paramref name="Count"/>.</param>
/// <param name="Count">Number of parts.</param>
public sealed record Shard(int Index, int Count)
{
    private const int MostParts = 10_000;

    /// <summary>Reads <c>2/4</c>.</summary>
    /// <exception cref="GateException">Exit 2.</exception>
    public static Shard Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count) && index >= 1 && index <= count && count <= MostParts)
        {
            return new Shard(index, count);
        }

        throw GateException.Usage("GATE1010", $"--shard must be a part and the number of parts, such as 2/4, found \"{text}\"");
    }

    /// <summary>Whether an item belongs to this part; decided by its task and id alone, so that every machine divides alike.</summary>
    public bool Holds(string task, string itemId)
    {
        string hash = ContentHash.Of("shard 1", task, itemId);
        return ulong.Parse(hash.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture) % (ulong)Count == (ulong)(Index - 1);
    }

    /// <summary>The part's folder name: <c>shard-2-of-4</c>.</summary>
    public string FolderName => string.Create(CultureInfo.InvariantCulture, $"shard-{Index}-of-{Count}");

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");
}
