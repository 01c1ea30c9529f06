using System.Collections.Immutable;
using Gate.Models.Checkpoints.Quantized;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Checkpoints;

/// <summary>
/// A matrix the model uses that is not stored as such but computed from stored tensors, a run of rows at a time. A packed one is presented as binary32, the
/// precision in which <c>scale · (code − zero)</c> is computed: with 16-bit scales and codes of at most 8 bits that product is exact, so what is judged
/// is what the file says, before any rounding a particular runtime adds.
/// </summary>
internal abstract class DerivedTensor
{
    /// <summary>Describes the matrix.</summary>
    /// <param name="name">Its name, for example <c>model.layers.0.mlp.up_proj.weight</c>.</param>
    /// <param name="shape">Extents, slowest first.</param>
    /// <param name="parts">The stored tensors it is made of, the one with the codes first.</param>
    /// <param name="format">The precision it is presented in: one that holds every value exactly.</param>
    protected DerivedTensor(
        string name, ImmutableArray<long> shape, ImmutableArray<TensorInfo> parts, NumberFormat format = NumberFormat.Float32)
    {
        Parts = parts;
        long bytes = shape.Aggregate((long)StoredFormats.SizeOf(format), (product, extent) => checked(product * extent));
        Info = new TensorInfo(name, format, shape, parts[0].File, parts[0].Offset, bytes);
    }

    /// <summary>The matrix as the model sees it.</summary>
    public TensorInfo Info { get; }

    /// <summary>The stored tensors it is made of, the one with the codes first.</summary>
    public ImmutableArray<TensorInfo> Parts { get; }

    /// <summary>Bits of one code, without scales, zero points and masks; null when the layout has none (see <see cref="Parts"/>).</summary>
    public abstract double CodeBits { get; }

    /// <summary>The stored tensors whose values must be finite for any row to be.</summary>
    public virtual ImmutableArray<TensorInfo> Scales => [];

    /// <summary>The rows as integers, when the runtime is told to round activations to 8-bit integers for this matrix; else null.</summary>
    public virtual IntegerRows? Integers => null;

    /// <summary>Computes whole rows. Safe from several threads.</summary>
    /// <param name="firstRow">First row.</param>
    /// <param name="rowCount">Rows.</param>
    /// <param name="destination">Exactly <paramref name="rowCount"/> × row length values.</param>
    public abstract void ReadRows(long firstRow, int rowCount, Span<float> destination);
}
