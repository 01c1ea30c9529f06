using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gate.Models.Inference.Engine;

/// <summary>Searches stored floating-point numbers for those whose exponent bits are all set: NaN and infinity.</summary>
internal static class ExponentScan
{
    /// <summary>The index of the first element with all bits of the mask set, or −1.</summary>
    /// <param name="bits">Elements as integers.</param>
    /// <param name="mask">The exponent bits of the format.</param>
    public static int IndexOfAllSet<T>(ReadOnlySpan<T> bits, T mask)
        where T : unmanaged, IBinaryInteger<T>
    {
        ref T first = ref MemoryMarshal.GetReference(bits);
        Vector256<T> wanted = Vector256.Create(mask);
        int i = 0;
        for (; i <= bits.Length - Vector256<T>.Count; i += Vector256<T>.Count)
        {
            if (Vector256.EqualsAny(Vector256.LoadUnsafe(ref first, (nuint)i) & wanted, wanted))
                break;
        }

        for (; i < bits.Length; i++)
        {
            if ((bits[i] & mask) == mask)
                return i;
        }

        return -1;
    }
}
