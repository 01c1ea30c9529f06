using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Compression.ErrorFeedback;

namespace Gate.Compression.Quantization.GridVectors;

/// <summary>The grids of a tile's rows, one in each lane: a column is rounded by one vector, every row to its own grid, with the bits that one weight at a time gives.</summary>
/// <param name="matrix">Where the grids are, and where the codes go.</param>
/// <param name="tile">The rows.</param>
/// <param name="order">Column of the matrix at each position of the sweep, or null for their own order.</param>
internal sealed class TileGrids(QuantizedMatrix matrix, SweptTile tile, int[]? order)
{
    private const int Height = SweptTile.Height;
    private const int Fields = 4;

    private readonly TileBytes _codes = new(tile, matrix.Columns, order);

    // Scales, zero codes, lowest and highest codes of the rows.
    private readonly float[] _lanes = new float[Fields * Height];
    private int _group = -1;
    private GridElements _elements;

    /// <summary>Takes the grids of a group, if they are not the ones in use.</summary>
    /// <param name="group">Index of the group in a row.</param>
    /// <param name="changed">Whether they were fitted anew.</param>
    public void Use(int group, bool changed)
    {
        if (group == _group && !changed)
            return;
        _group = group;
        for (int row = 0; row < Height; row++)
        {
            // Rows that are not there have the last one's.
            ref readonly QuantizationGrid grid = ref matrix.Grids[((tile.FirstRow + Math.Min(row, tile.Rows - 1)) * matrix.Groups) + group];
            _lanes[row] = grid.Scale;
            _lanes[Height + row] = grid.Zero;
            _lanes[(2 * Height) + row] = grid.Low;
            _lanes[(3 * Height) + row] = grid.High;
            _elements = grid.Elements;
        }
    }

    /// <summary>The values of the codes nearest to weights of a column; the codes are kept.</summary>
    public Vector512<float> Round(int column, Vector512<float> weights)
    {
        ref float lanes = ref MemoryMarshal.GetArrayDataReference(_lanes);
        var scale = Vector512.LoadUnsafe(ref lanes);
        switch (_elements)
        {
            case GridElements.Integer:
                IntegerVectors integers = new(Vector512.LoadUnsafe(ref lanes, Height), Vector512.LoadUnsafe(ref lanes, 2 * Height), Vector512.LoadUnsafe(ref lanes, 3 * Height));
                return Round(integers, column, weights, scale);
            case GridElements.NormalFloat4:
                return Round(default(NormalFloat4Vectors), column, weights, scale);
            case GridElements.Float8E4M3:
                return Round(default(SmallFloatVectors<E4M3>), column, weights, scale);
            default:
                return Round(default(SmallFloatVectors<E2M1>), column, weights, scale);
        }
    }

    /// <summary>Writes the codes into the matrix.</summary>
    public void Store() => _codes.Store(matrix.Codes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<float> Round<TElements>(TElements elements, int column, Vector512<float> weights, Vector512<float> scale)
        where TElements : struct, IElementVectors
    {
        Vector512<int> codes = elements.Encode(weights / scale);
        _codes.Set(column, codes);
        return scale * elements.Element(codes);
    }
}
