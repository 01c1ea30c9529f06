using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gate.Compression;

/// <summary>Sixteen bytes, codes or marks, and the lanes of a vector.</summary>
internal static class ByteLanes
{
    /// <summary>Each of sixteen bytes in a lane.</summary>
    /// <param name="bytes">First of the bytes.</param>
    /// <param name="index">How many of them come before the sixteen.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(ref byte bytes, int index)
    {
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.LoadUnsafe(ref bytes, (nuint)index));
        (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(Vector256.Create(low, high));
        return Vector512.Create(lower, upper).AsInt32();
    }

    /// <summary>Stores lanes of 0 to 255 as bytes.</summary>
    /// <param name="lanes">Sixteen lanes.</param>
    /// <param name="bytes">Where the first goes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<int> lanes, ref byte bytes)
    {
        Vector256<ushort> narrow = Vector256.Narrow(lanes.GetLower().AsUInt32(), lanes.GetUpper().AsUInt32());
        Vector128.Narrow(narrow.GetLower(), narrow.GetUpper()).StoreUnsafe(ref bytes);
    }
}
