using System.Runtime.CompilerServices;

namespace Gate.Numerics.Memory;

/// <summary>Length checks at the door of the kernels, which work without bounds checks behind it.</summary>
internal static class LengthCheck
{
    /// <summary>Throws when fewer than <paramref name="needed"/> elements fit.</summary>
    public static void RequireRoom(long needed, int available, [CallerArgumentExpression(nameof(available))] string parameter = "")
    {
        if (available < needed)
            throw new ArgumentException($"{needed} elements are needed, there are {available}", parameter);
    }

    /// <summary>Throws when a length is not the expected one.</summary>
    public static void RequireEqual(int expected, int found, [CallerArgumentExpression(nameof(found))] string parameter = "")
    {
        if (expected != found)
            throw new ArgumentException($"{expected} elements are needed, there are {found}", parameter);
    }

    /// <summary>Throws when a byte count is not a whole number of elements.</summary>
    public static void RequireMultiple(int bytes, int elementBytes, [CallerArgumentExpression(nameof(bytes))] string parameter = "")
    {
        if (bytes % elementBytes != 0)
            throw new ArgumentException($"{bytes} bytes are not a whole number of {elementBytes}-byte elements", parameter);
    }
}
