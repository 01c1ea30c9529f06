using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Compression.ErrorFeedback;
using Gate.Compression.Pruning;
using Gate.Compression.Quantization.GridVectors;
using Gate.Numerics.Threading;

namespace Gate.Compression.Quantization;

/// <summary>
/// GPTQ (Frantar et al. 2022): columns are rounded one after the other, and the rest of the row makes up for each error. Statistics and weights in
/// binary64, grids and rounding in binary32.
/// </summary>
public static class Gptq
{
    /// <summary>Quantises a matrix.</summary>
    /// <param name="weights">Row-major, rows × columns, finite.</param>
    /// <param name="rows">Output features.</param>
    /// <param name="factor">Factor of the inputs' Hessian; its order is the order of the sweep.</param>
    /// <param name="options">What to do.</param>
    /// <param name="mask">True = pruned and stays exactly 0 (errors are not spread over it), or null to quantise everything.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <param name="cancellationToken">Checked between blocks.</param>
    public static GptqResult Quantize(
        ReadOnlyMemory<float> weights, int rows, HessianFactor factor, GptqOptions options, bool[]? mask, ComputeThreads threads,
        CancellationToken cancellationToken = default)
    {
        int columns = factor.Columns;
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, checked(rows * columns), nameof(weights));
        if (mask is not null)
            ArgumentOutOfRangeException.ThrowIfNotEqual(mask.Length, weights.Length, nameof(mask));

        Rounding rounding = new(weights, rows, factor, options, mask, threads);
        double[] current = SweptWeights.From(weights, rows, factor, threads);
        IReadOnlyList<int> blocks = options.ReferenceGroups || options.StaticGroups || options.GroupSize is null
            ? ColumnBlocks.Even(columns, options.BlockSize)
            : ColumnBlocks.Aligned(columns, options.BlockSize, options.GroupSize.Value);
        double loss = ColumnSweep.Run(current, rows, factor.Upper, columns, blocks, rounding, threads, cancellationToken);
        return new GptqResult(rounding.Matrix, loss);
    }

    private sealed class Rounding : IColumnRounding
    {
        private readonly int _rows;
        private readonly int _columns;
        private readonly int[]? _order;
        private readonly GptqOptions _options;
        private readonly bool[]? _mask;
        private readonly bool _fitsOnTheWay;
        private double[] _stale = [];
        private int _start;
        private int _end;

        public Rounding(ReadOnlyMemory<float> weights, int rows, HessianFactor factor, GptqOptions options, bool[]? mask, ComputeThreads threads)
        {
            _rows = rows;
            _columns = factor.Columns;
            _order = factor.Order;
            _options = options;
            _mask = mask;
            _fitsOnTheWay = options.GroupSize is not null && !options.StaticGroups;
            Matrix = new QuantizedMatrix(rows, _columns, options.Grid.Bits, options.GroupSize ?? _columns);
            LooksAhead = _fitsOnTheWay ? [Matrix.GroupSize] : [];
            if (!_fitsOnTheWay)
                FitOriginal(weights, factor, threads);
            for (int position = 0; position < _columns && _fitsOnTheWay; position++)
                Matrix.GroupIndex[_order?[position] ?? position] = position / Matrix.GroupSize;
        }

        public QuantizedMatrix Matrix { get; }

        public IReadOnlyList<int> LooksAhead { get; }

        public void BeginBlock(double[] weights, int start, int end)
        {
            (_start, _end) = (start, end);
            if (!_fitsOnTheWay || !_options.ReferenceGroups)
                return;
            int width = end - start;
            _stale = new double[_rows * width];
            for (int row = 0; row < _rows; row++)
                weights.AsSpan(row * _columns + start, width).CopyTo(_stale.AsSpan(row * width, width));
        }

        public ITileRounding BeginTile(SweptTile tile) => new TileRounding(this, tile);

        private QuantizationGrid FitGroup(SweptTile tile, int index, int column)
        {
            int row = tile.FirstRow + index, end = Math.Min(column + Matrix.GroupSize, _columns);
            Span<double> group = end - column <= 1024 ? stackalloc double[end - column] : new double[end - column];
            tile.CopyRow(index, column, group);
            for (int i = column; i < end && (_options.ReferenceGroups || _mask is not null); i++)
            {
                if (_options.ReferenceGroups && i < _end)
                    group[i - column] = _stale[row * (_end - _start) + i - _start];
                if (_mask is not null && _mask[row * _columns + (_order?[i] ?? i)])
                    group[i - column] = 0;
            }

            return SweptWeights.Fit(group, _options.Grid);
        }

        // One grid per row is fitted before dead columns are cleared, static groups after, as the reference does.
        private void FitOriginal(ReadOnlyMemory<float> weights, HessianFactor factor, ComputeThreads threads)
        {
            int[] dead = _options.GroupSize is null ? [] : [.. Enumerable.Range(0, _columns).Where(column => factor.Dead[column])];
            ParallelWork.Run((_rows + SweptTile.Height - 1) / SweptTile.Height, threads, tile =>
            {
                float[] values = new float[_columns];
                for (int row = tile * SweptTile.Height; row < Math.Min(_rows, (tile + 1) * SweptTile.Height); row++)
                {
                    weights.Span.Slice(row * _columns, _columns).CopyTo(values);
                    foreach (int column in dead)
                        values[column] = 0;
                    if (_mask is not null)
                        PruningMask.Apply(_mask.AsSpan(row * _columns, _columns), values);
                    for (int group = 0; group < Matrix.Groups; group++)
                    {
                        int start = group * Matrix.GroupSize;
                        Matrix.Grids[row * Matrix.Groups + group] = QuantizationGrid.Fit(
                            values.AsSpan(start, Math.Min(Matrix.GroupSize, _columns - start)), _options.Grid);
                    }
                }
            });
        }

        private sealed class TileRounding : ITileRounding
        {
            private readonly Rounding _owner;
            private readonly SweptTile _tile;
            private readonly TileGrids _grids;
            private readonly TileBytes? _pruned;
            private readonly float[] _awayFromTies = new float[SweptTile.Height];

            public TileRounding(Rounding owner, SweptTile tile)
            {
                (_owner, _tile) = (owner, tile);
                _grids = new TileGrids(owner.Matrix, tile, owner._order);
                if (owner._mask is null)
                    return;
                _pruned = new TileBytes(tile, owner._columns, owner._order);
                _pruned.Load(MemoryMarshal.AsBytes<bool>(owner._mask));
            }

            public void Round(int column, Span<double> rounded)
            {
                bool begins = _owner._fitsOnTheWay && column % _owner.Matrix.GroupSize == 0;
                int group = _owner.Matrix.GroupIndex[_owner._order?[column] ?? column];
                (Vector512<double> low, Vector512<double> high) = _tile.Column(column);
                Vector512<float> weights = Vector512.Narrow(low, high);
                for (int row = 0; row < _tile.Rows && begins; row++)
                {
                    QuantizationGrid grid = _owner.FitGroup(_tile, row, column);
                    _owner.Matrix.Grids[((_tile.FirstRow + row) * _owner.Matrix.Groups) + group] = grid;
                    _awayFromTies[row] = column > 0 && grid.IsFittedTo(weights[row], _owner._options.Grid) ? QuantizationGrid.BeyondTie : 1;
                }

                _grids.Use(group, begins);
                if (begins)
                    weights *= Vector512.Create<float>(_awayFromTies);
                if (_pruned is null)
                {
                    (Vector512<double> lower, Vector512<double> upper) = Vector512.Widen(_grids.Round(column, weights));
                    lower.CopyTo(rounded);
                    upper.CopyTo(rounded[Vector512<double>.Count..]);
                    return;
                }

                // A pruned weight has gathered errors of its neighbours; it neither keeps them nor passes them on.
                Vector512<int> kept = Vector512.Equals(_pruned.Lanes(column), Vector512<int>.Zero);
                (Vector512<double> lowValue, Vector512<double> highValue) = Vector512.Widen(_grids.Round(column, weights & kept.AsSingle()));
                (Vector512<long> lowKept, Vector512<long> highKept) = Vector512.Widen(kept);
                Vector512.ConditionalSelect(lowKept.AsDouble(), lowValue, low).CopyTo(rounded);
                Vector512.ConditionalSelect(highKept.AsDouble(), highValue, high).CopyTo(rounded[Vector512<double>.Count..]);
            }

            public void End() => _grids.Store();
        }
    }
}
