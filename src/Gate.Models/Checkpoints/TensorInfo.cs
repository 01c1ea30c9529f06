using System.Collections.Immutable;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Checkpoints;

/// <summary>What a checkpoint's header says about one tensor; checked against the file before anybody sees it.</summary>
/// <param name="Name">The tensor's name, for example <c>model.layers.0.self_attn.q_proj.weight</c>.</param>
/// <param name="Format">Element format.</param>
/// <param name="Shape">Extents, slowest first (row-major).</param>
/// <param name="File">The shard that holds it, a path relative to the checkpoint folder.</param>
/// <param name="Offset">Byte offset from the start of that file.</param>
/// <param name="Length">Bytes; equals the product of the shape times the element size.</param>
public sealed record TensorInfo(string Name, NumberFormat Format, ImmutableArray<long> Shape, string File, long Offset, long Length)
{
    /// <summary>Number of elements, the product of <see cref="Shape"/>.</summary>
    public long ElementCount => Shape.Aggregate(1L, (product, extent) => product * extent);

    /// <summary>Rows: the first extent, or 1 for a scalar.</summary>
    public long RowCount => Shape.IsEmpty ? 1 : Shape[0];

    /// <summary>Elements of a row: the product of all extents but the first.</summary>
    public long RowLength => Shape.Skip(1).Aggregate(1L, (product, extent) => product * extent);

    /// <summary>Bytes of one element.</summary>
    public int ElementSize => StoredFormats.SizeOf(Format);

    /// <summary>One index of the first extent as a tensor of its own, under the same name.</summary>
    public TensorInfo Slice(int index)
    {
        long length = Length / RowCount;
        return this with { Shape = Shape[1..], Offset = Offset + (index * length), Length = length };
    }

    /// <summary>The shape as messages show it, for example <c>[4096, 128]</c>.</summary>
    public string ShapeText => StoredFormats.ShapeText(Shape);
}
