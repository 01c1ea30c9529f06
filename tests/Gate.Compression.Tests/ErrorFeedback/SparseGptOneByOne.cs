using Gate.Compression.ErrorFeedback;
using Gate.Compression.Pruning;
using Gate.Compression.Quantization;

namespace Gate.Compression.Tests.ErrorFeedback;

/// <summary>SparseGPT's choice and rounding as they are written down: scores are sorted, and weights rounded one after the other.</summary>
internal sealed class SparseGptOneByOne : IColumnRounding
{
    private readonly int _rows;
    private readonly HessianFactor _factor;
    private readonly SparseGptOptions _options;
    private long _pruned;

    public SparseGptOneByOne(float[] weights, int rows, HessianFactor factor, SparseGptOptions options)
    {
        (_rows, _factor, _options) = (rows, factor, options);
        int columns = factor.Columns;
        Mask = new bool[weights.Length];
        if (options.Grid is not { } grid)
            return;
        Quantized = new QuantizedMatrix(rows, columns, grid.Bits, options.GroupSize ?? columns);
        for (int row = 0; row < rows && options.GroupSize is null; row++)
            Quantized.Grids[row] = QuantizationGrid.Fit(weights.AsSpan(row * columns, columns), grid);
    }

    public bool[] Mask { get; }

    public QuantizedMatrix? Quantized { get; }

    public IReadOnlyList<int> LooksAhead => [.. new[] { _options.Pattern?.Group, _options.Grid is null ? null : _options.GroupSize }.OfType<int>()];

    public void BeginBlock(double[] weights, int start, int end)
    {
        if (_options.Sparsity is not { } sparsity)
            return;
        int[] block = [.. Enumerable.Range(0, _rows).SelectMany(row => Enumerable.Range((row * _factor.Columns) + start, end - start))];
        long count = _options.Count == PruneCount.Exact
            ? PruneCounts.Exact(sparsity, (long)_rows * end) - _pruned
            : Math.Min(PruneCounts.Truncated(sparsity, block.Length) + 1, block.Length);
        Mark(block, index => weights[index], (int)count);
        _pruned += count;
    }

    public ITileRounding BeginTile(SweptTile tile) => new Tile(this, tile);

    private void Mark(IEnumerable<int> indices, Func<int, double> weight, int count)
    {
        int columns = _factor.Columns;
        foreach (int index in indices.OrderBy(index => weight(index) * weight(index) / Square(index % columns)).ThenBy(index => index).Take(count))
            Mask[index] = true;
    }

    private double Square(int column) => _factor.Upper[(column * _factor.Columns) + column] * _factor.Upper[(column * _factor.Columns) + column];

    private sealed class Tile(SparseGptOneByOne owner, SweptTile tile) : ITileRounding
    {
        public void Round(int column, Span<double> rounded)
        {
            int columns = owner._factor.Columns;
            rounded.Clear();
            for (int i = 0; i < tile.Rows; i++)
            {
                int row = tile.FirstRow + i, at = (row * columns) + column;
                if (owner._options.Pattern is { } pattern && column % pattern.Group == 0)
                {
                    double[] group = Values(i, column, pattern.Group);
                    owner.Mark(Enumerable.Range(at, pattern.Group), index => group[index - at], pattern.Zeros);
                }

                double current = tile.Values[((column - tile.Start) * SweptTile.Height) + i];
                if (owner.Quantized is not { } matrix)
                {
                    rounded[i] = owner.Mask[at] ? 0 : current;
                    continue;
                }

                ref QuantizationGrid grid = ref matrix.Grids[(row * matrix.Groups) + matrix.GroupIndex[column]];
                if (owner._options.GroupSize is { } size && column % size == 0)
                    grid = QuantizationGrid.Fit([.. Values(i, column, Math.Min(size, columns - column)).Select(value => (float)value)], owner._options.Grid!);
                matrix.Codes[at] = grid.Encode(owner.Mask[at] ? 0f : (float)current);
                rounded[i] = grid.Decode(matrix.Codes[at]);
            }
        }

        public void End()
        {
        }

        private double[] Values(int index, int column, int count)
        {
            double[] values = new double[count];
            tile.CopyRow(index, column, values);
            return values;
        }
    }
}
