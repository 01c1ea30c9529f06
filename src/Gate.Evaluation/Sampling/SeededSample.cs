using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gate.Evaluation.Sampling;

/// <summary>
/// The random sample of a task when a limit is given, fixed for ever: an item's key is the first eight bytes, big-endian, of
/// SHA-256 over the UTF-8 text <c>gate-sample/1</c>, line feed, seed in decimal, line feed, item id; the items with the smallest keys are taken (equal keys: the
/// ordinally smaller id) and keep their file order. The key depends on seed and id only, so a larger limit adds items and never swaps any,
/// and the sample is the same for every model, machine and order of the file.
/// </summary>
public static class SeededSample
{
    /// <summary>The position of an item in the random order of a seed: smaller comes first.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="itemId">The item's id.</param>
    public static ulong KeyOf(long seed, string itemId) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"gate-sample/1\n{seed}\n{itemId}")));

    /// <summary>At most <paramref name="limit"/> of the items, in their given order.</summary>
    /// <param name="items">The items.</param>
    /// <param name="idOf">An item's id; ids are distinct.</param>
    /// <param name="limit">Most items, or null for all.</param>
    /// <param name="seed">The seed.</param>
    public static IReadOnlyList<T> Take<T>(IReadOnlyList<T> items, Func<T, string> idOf, int? limit, long seed)
    {
        if (limit is not { } most || most >= items.Count)
            return items;
        return [.. Enumerable.Range(0, items.Count)
            .OrderBy(index => KeyOf(seed, idOf(items[index])))
            .ThenBy(index => idOf(items[index]), StringComparer.Ordinal)
            .Take(most)
            .Order()
            .Select(index => items[index])];
    }
}
