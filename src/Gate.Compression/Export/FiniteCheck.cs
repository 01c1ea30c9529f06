using System.Runtime.InteropServices;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Export;

/// <summary>Refuses NaN and infinity: a model that holds them cannot be judged, and rounding would hide them.</summary>
internal static class FiniteCheck
{
    /// <summary>Checks values of a layer.</summary>
    /// <param name="values">Consecutive values.</param>
    /// <param name="name">Tensor name, for the message.</param>
    /// <param name="folder">Checkpoint folder, for the message.</param>
    /// <param name="columns">Row length, for the place in the message.</param>
    /// <param name="firstRow">Row of the first value.</param>
    public static void Ensure(ReadOnlySpan<float> values, string name, string folder, int columns, long firstRow = 0)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                throw NotFinite(name, folder, $"{values[i]} at row {firstRow + i / columns}, column {i % columns}");
        }
    }

    /// <summary>Checks stored bytes; formats without NaN pass.</summary>
    public static void Ensure(ReadOnlySpan<byte> bytes, TensorInfo tensor, string folder)
    {
        bool finite = tensor.Format switch
        {
            NumberFormat.BFloat16 => AllBelow(MemoryMarshal.Cast<byte, ushort>(bytes), 0x7F80),
            NumberFormat.Float16 => AllBelow(MemoryMarshal.Cast<byte, ushort>(bytes), 0x7C00),
            NumberFormat.Float32 => AllFinite(MemoryMarshal.Cast<byte, float>(bytes)),
            NumberFormat.Float64 => AllFinite(MemoryMarshal.Cast<byte, double>(bytes)),
            _ => true,
        };
        if (!finite)
            throw NotFinite(tensor.Name, folder, "NaN or infinity");
    }

    // Exponents of all ones are infinities and NaN.
    private static bool AllBelow(ReadOnlySpan<ushort> values, int exponent)
    {
        bool finite = true;
        foreach (ushort value in values)
            finite &= (value & exponent) != exponent;
        return finite;
    }

    private static bool AllFinite<T>(ReadOnlySpan<T> values)
        where T : System.Numerics.INumberBase<T>
    {
        bool finite = true;
        foreach (T value in values)
            finite &= T.IsFinite(value);
        return finite;
    }

    private static GateException NotFinite(string name, string folder, string found) => GateException.Input(
        "GATE4020", $"{folder}: expected finite weights in {name}, found {found}.", new SourceLocation(folder),
        "The checkpoint is damaged or was trained to divergence; get an intact copy.");
}
