using System.Collections.Immutable;
using Gate.Models.Blueprints;

namespace Gate.Models.Structure;

/// <summary>
/// Units of a block that lie across several of its linear layers, such as attention heads: a unit is gone when all of its slices are zero, and then nothing
/// else in the model notices which values they had.
/// </summary>
/// <param name="Kind">What one unit is.</param>
/// <param name="Block">Index of the transformer block.</param>
/// <param name="Count">Number of units.</param>
/// <param name="Slices">Where the units lie, layer by layer in the order of the forward pass.</param>
public sealed record CoupledUnits(CoupledUnitKind Kind, int Block, int Count, ImmutableArray<UnitSlices> Slices);

/// <summary>What a unit of a block is.</summary>
public enum CoupledUnitKind
{
    /// <summary>A query head: its rows of the query projection, its columns of the output projection, and the key and value head it reads.</summary>
    AttentionHead,

    /// <summary>An inner feature of the feed-forward layers: a row of the gate and of the up projection and a column of the down projection.</summary>
    Neuron,
}

/// <summary>The slices of coupled units in one layer: unit u has the <paramref name="Width"/> slices from <see cref="StartOf"/> on.</summary>
/// <param name="Layer">Name of the linear layer.</param>
/// <param name="Dimension">What is sliced.</param>
/// <param name="Width">Rows or columns of one unit.</param>
/// <param name="Sharing">Consecutive units that share their slices (grouped-query attention shares keys and values); 1 where each has its own.</param>
public sealed record UnitSlices(string Layer, SliceDimension Dimension, int Width, int Sharing = 1)
{
    /// <summary>The rows of a fused matrix that are the layer's own, or null for all of them.</summary>
    public RowPattern? Rows { get; init; }

    /// <summary>First slice of a unit.</summary>
    public int StartOf(int unit)
    {
        int own = unit / Sharing * Width;
        return Rows?.RowOf(own) ?? own;
    }
}

/// <summary>What a slice of a weight matrix of shape [outputs, inputs] is.</summary>
public enum SliceDimension
{
    /// <summary>A row: everything that makes one output (<c>dim=0</c>).</summary>
    Rows,

    /// <summary>A column: everything that reads one input (<c>dim=1</c>).</summary>
    Columns,
}
