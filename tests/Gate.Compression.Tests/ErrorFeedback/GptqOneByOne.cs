using Gate.Compression.ErrorFeedback;
using Gate.Compression.Quantization;

namespace Gate.Compression.Tests.ErrorFeedback;

/// <summary>GPTQ's rounding as it is written down: one weight after the other, each to the grid of its row.</summary>
internal sealed class GptqOneByOne : IColumnRounding
{
    private readonly int _rows;
    private readonly HessianFactor _factor;
    private readonly GptqOptions _options;
    private readonly bool[]? _mask;
    private readonly bool _fitsOnTheWay;
    private double[] _atBlock = [];

    public GptqOneByOne(float[] weights, int rows, HessianFactor factor, GptqOptions options, bool[]? mask)
    {
        (_rows, _factor, _options, _mask) = (rows, factor, options, mask);
        int columns = factor.Columns;
        _fitsOnTheWay = options.GroupSize is not null && !options.StaticGroups;
        Matrix = new QuantizedMatrix(rows, columns, options.Grid.Bits, options.GroupSize ?? columns);
        for (int position = 0; position < columns && _fitsOnTheWay; position++)
            Matrix.GroupIndex[Original(position)] = position / Matrix.GroupSize;
        for (int row = 0; row < rows && !_fitsOnTheWay; row++)
        {
            float[] values =
            [
                .. Enumerable.Range(0, columns).Select(column =>
                    (options.GroupSize is not null && factor.Dead[column]) || mask?[(row * columns) + column] == true ? 0 : weights[(row * columns) + column]),
            ];
            for (int group = 0; group < Matrix.Groups; group++)
                Matrix.Grids[(row * Matrix.Groups) + group] = QuantizationGrid.Fit([.. values.Skip(group * Matrix.GroupSize).Take(Matrix.GroupSize)], options.Grid);
        }
    }

    public QuantizedMatrix Matrix { get; }

    public IReadOnlyList<int> LooksAhead => _fitsOnTheWay ? [Matrix.GroupSize] : [];

    public void BeginBlock(double[] weights, int start, int end) => _atBlock = [.. weights];

    public ITileRounding BeginTile(SweptTile tile) => new Tile(this, tile);

    private int Original(int position) => _factor.Order?[position] ?? position;

    private bool IsPruned(int row, int position) => _mask is not null && _mask[(row * Matrix.Columns) + Original(position)];

    private sealed class Tile(GptqOneByOne owner, SweptTile tile) : ITileRounding
    {
        public void Round(int column, Span<double> rounded)
        {
            QuantizedMatrix matrix = owner.Matrix;
            rounded.Clear();
            for (int i = 0; i < tile.Rows; i++)
            {
                int row = tile.FirstRow + i, original = owner.Original(column);
                ref QuantizationGrid grid = ref matrix.Grids[(row * matrix.Groups) + matrix.GroupIndex[original]];
                if (owner._fitsOnTheWay && column % matrix.GroupSize == 0)
                    grid = FitGroup(i, column);
                double current = tile.Values[((column - tile.Start) * SweptTile.Height) + i];
                float weight = owner.IsPruned(row, column) ? 0f : (float)current;
                bool begins = owner._fitsOnTheWay && column > 0 && column % matrix.GroupSize == 0;
                byte code = grid.Encode(begins && grid.IsFittedTo(weight, owner._options.Grid) ? weight * QuantizationGrid.BeyondTie : weight);
                matrix.Codes[(row * matrix.Columns) + original] = code;
                rounded[i] = owner.IsPruned(row, column) ? current : grid.Decode(code);
            }
        }

        public void End()
        {
        }

        private QuantizationGrid FitGroup(int index, int column)
        {
            int row = tile.FirstRow + index, columns = owner.Matrix.Columns;
            double[] group = new double[Math.Min(owner.Matrix.GroupSize, columns - column)];
            tile.CopyRow(index, column, group);
            return QuantizationGrid.Fit(
                [
                    .. group.Select((value, i) => owner.IsPruned(row, column + i) ? 0f
                        : (float)(owner._options.ReferenceGroups ? owner._atBlock[(row * columns) + column + i] : value)),
                ], owner._options.Grid);
        }
    }
}
