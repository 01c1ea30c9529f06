using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Compression.Pruning;

/// <summary>From comparisons of lanes to the marks of a mask.</summary>
internal static class LaneMarks
{
    /// <summary>Stores 32 marks.</summary>
    /// <param name="low">Sixteen lanes, all bits set for true.</param>
    /// <param name="high">The next sixteen.</param>
    /// <param name="destination">Where the first mark goes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> low, Vector512<int> high, ref bool destination)
    {
        Vector512<ushort> both = Vector512.Narrow(low.AsUInt32() & Vector512<uint>.One, high.AsUInt32() & Vector512<uint>.One);
        Vector256.Narrow(both.GetLower(), both.GetUpper()).StoreUnsafe(ref Unsafe.As<bool, byte>(ref destination));
    }
}
