using System.Runtime.InteropServices;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.PackedWeights;

namespace Gate.Models.Checkpoints.Quantized.CompressedTensors;

/// <summary>The zero points of a matrix, on the scale of its signed codes: stored one to an element, or packed down the rows.</summary>
internal sealed class ZeroPoints
{
    private readonly TensorStore _store;
    private readonly TensorInfo _tensor;
    private readonly int _bits;
    private readonly bool _dense;

    private ZeroPoints(TensorStore store, TensorInfo tensor, int bits, bool dense) => (_store, _tensor, _bits, _dense) = (store, tensor, bits, dense);

    private bool IsPacked => _bits > 0;

    /// <summary>The module's <c>weight_zero_point</c>, or null when it has none and needs none.</summary>
    /// <param name="parts">The module.</param>
    /// <param name="scheme">Its scheme.</param>
    /// <param name="rows">Rows of parameters.</param>
    /// <param name="groups">Groups in a row of parameters.</param>
    /// <param name="packsDensely">What the version says about packing, for widths that fit both ways.</param>
    public static ZeroPoints? Find(ModuleParts parts, WeightScheme scheme, int rows, int groups, bool packsDensely)
    {
        if (parts.Find("weight_zero_point") is not { } tensor)
            return scheme.Symmetric ? null : throw QuantizedDiagnostics.Missing(parts.Store, $"{parts.Module}.weight_zero_point", "the zero points of an asymmetric matrix");
        bool mayBePacked = scheme.Format == "pack-quantized";
        parts.Checked(tensor, mayBePacked ? [NumberFormat.Int32, NumberFormat.Int8] : [NumberFormat.Int8]);
        if (tensor.Format == NumberFormat.Int8)
        {
            parts.CheckShape(tensor, Shapes(rows, groups));
            return new ZeroPoints(parts.Store, tensor, 0, false);
        }

        int dense = BitPacking.DenseWordCount(rows, scheme.Bits), padded = BitPacking.PaddedWordCount(rows, scheme.Bits);
        parts.CheckShape(tensor, [dense, groups], [padded, groups]);
        return new ZeroPoints(parts.Store, tensor, scheme.Bits, dense == padded ? packsDensely : tensor.Shape[0] == dense);
    }

    /// <summary>Shapes under which a matrix of parameters is stored: columns and single values may be flat.</summary>
    public static long[][] Shapes(int rows, int groups) =>
        (rows, groups) switch
        {
            (1, 1) => [[1], [1, 1], []],
            (_, 1) => [[rows, 1], [rows]],
            _ => [[rows, groups]],
        };

    /// <summary>Reads the zero points of a row of parameters.</summary>
    /// <param name="row">The row.</param>
    /// <param name="zeros">One for each group.</param>
    public void ReadRow(long row, Span<float> zeros)
    {
        if (!IsPacked)
        {
            ElementCodes.Widen(_tensor.Format, _store.Read(_tensor, row * zeros.Length, zeros.Length), zeros);
            return;
        }

        int perWord = 32 / _bits;
        long word = _dense ? row * _bits >> 5 : row / perWord;
        int shift = (int)(_dense ? (row * _bits) & 31 : row % perWord * _bits);
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(_store.ReadAll(_tensor))[(int)(word * zeros.Length)..];
        for (int group = 0; group < zeros.Length; group++)
        {
            uint code = words[group] >> shift;
            if (shift + _bits > 32)
                code |= words[zeros.Length + group] << (32 - shift);
            zeros[group] = (int)(code & ((1u << _bits) - 1)) - (1 << (_bits - 1));
        }
    }
}
