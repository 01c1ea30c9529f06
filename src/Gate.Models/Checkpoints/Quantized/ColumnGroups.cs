using System.Runtime.InteropServices;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Checkpoints.Quantized;

/// <summary>Which group of a row a column belongs to.</summary>
/// <param name="Count">Groups in a row.</param>
/// <param name="Size">Consecutive columns of a group; the last may be shorter.</param>
/// <param name="Index">The group of each column where columns were reordered, or null.</param>
internal sealed record ColumnGroups(int Count, int Size, int[]? Index)
{
    /// <summary>Groups of consecutive columns.</summary>
    public static ColumnGroups Consecutive(int columns, int size) => new((columns + size - 1) / size, size, null);

    /// <summary>The same with the module's index tensor, when it has one: int32, one group for each column, or all −1 for column order.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: another shape or format, or a group that does not exist (GATE3116).</exception>
    public ColumnGroups Reordered(ModuleParts parts, string suffix, int columns)
    {
        if (parts.Find(suffix) is not { } tensor)
            return this;
        parts.Checked(tensor, NumberFormat.Int32);
        parts.CheckShape(tensor, [columns]);
        int[] index = MemoryMarshal.Cast<byte, int>(parts.Store.ReadAll(tensor)).ToArray();
        if (Array.TrueForAll(index, group => group == -1))
            return this;
        int wrong = Array.FindIndex(index, group => group < 0 || group >= Count);
        if (wrong >= 0)
            throw QuantizedDiagnostics.OutOfRange(parts.Store, tensor, $"expected groups 0 to {Count - 1}, found {index[wrong]} at [{wrong}]");
        bool isConsecutive = true;
        for (int column = 0; column < columns && isConsecutive; column++)
            isConsecutive = index[column] == column / Size;
        return isConsecutive ? this : this with { Index = index };
    }
}
