using System.Collections;
using System.Collections.Immutable;

namespace Gate.Core.Baselines;

/// <summary>Right and wrong as bits in base 64.</summary>
internal static class OutcomeBits
{
    /// <summary>The text of a list of outcomes.</summary>
    public static string Write(IReadOnlyCollection<bool> outcomes)
    {
        byte[] bytes = new byte[(outcomes.Count + 7) / 8];
        new BitArray(outcomes.ToArray()).CopyTo(bytes, 0);
        return Convert.ToBase64String(bytes);
    }

    /// <summary>The outcomes of a text, or null when it does not hold exactly <paramref name="count"/>.</summary>
    public static ImmutableArray<bool>? Read(string text, int count)
    {
        byte[] bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out int length) || length != (count + 7) / 8)
            return null;
        BitArray bits = new(bytes[..length]);
        return Enumerable.Range(count, bits.Length - count).Any(i => bits[i]) ? null : [.. Enumerable.Range(0, count).Select(i => bits[i])];
    }
}
