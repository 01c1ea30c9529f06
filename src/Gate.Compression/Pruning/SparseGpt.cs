using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Compression.ErrorFeedback;
using Gate.Compression.Quantization;
using Gate.Compression.Quantization.GridVectors;
using Gate.Compression.Recipes;
using Gate.Numerics.Threading;

namespace Gate.Compression.Pruning;

/// <summary>
/// SparseGPT (Frantar and Alistarh 2023): weights of smallest <c>w² / U_cc²</c> go, and the rest of the row makes up for each. The unstructured mask is
/// chosen once per block over all rows, from weights that earlier blocks have already updated; an N:M mask when the sweep reaches a group.
/// </summary>
public static class SparseGpt
{
    /// <summary>Prunes, and rounds in the same sweep when a grid is given.</summary>
    /// <param name="weights">Row-major, rows × columns, finite.</param>
    /// <param name="rows">Output features.</param>
    /// <param name="factor">Factor of the inputs' Hessian in the columns' own order.</param>
    /// <param name="options">What to do.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <param name="cancellationToken">Checked between blocks.</param>
    public static SparseGptResult Prune(
        ReadOnlyMemory<float> weights, int rows, HessianFactor factor, SparseGptOptions options, ComputeThreads threads,
        CancellationToken cancellationToken = default)
    {
        int columns = factor.Columns;
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, checked(rows * columns), nameof(weights));
        if (factor.Order is not null)
            throw new ArgumentException("SparseGPT takes columns in their own order.", nameof(factor));
        if (options.Pattern is { } pattern)
            ScoredRows.EnsureDivides(columns, pattern);

        Rounding rounding = new(weights, rows, factor, options, threads);
        double[] current = SweptWeights.From(weights, rows, factor, threads);
        double loss = ColumnSweep.Run(
            current, rows, factor.Upper, columns, Blocks(columns, options), rounding, threads, cancellationToken);
        return new SparseGptResult(SweptWeights.ToSingles(current, columns, threads), rounding.Mask, rounding.Quantized, loss);
    }

    // Groups of a pattern or of a grid must not straddle blocks.
    internal static IReadOnlyList<int> Blocks(int columns, SparseGptOptions options) => (options.Pattern, options.GroupSize) switch
    {
        (null, null) => ColumnBlocks.Even(columns, options.BlockSize),
        ({ } pattern, null) => ColumnBlocks.Aligned(columns, options.BlockSize, pattern.Group),
        (null, { } group) => ColumnBlocks.Aligned(columns, options.BlockSize, group),
        ({ } pattern, { } group) => ColumnBlocks.Aligned(columns, options.BlockSize, LeastCommonMultiple(pattern.Group, group)),
    };

    private static int LeastCommonMultiple(int a, int b)
    {
        int x = a, y = b;
        while (y != 0)
            (x, y) = (y, x % y);
        return a / x * b;
    }

    private sealed class Rounding : IColumnRounding
    {
        private readonly int _rows;
        private readonly int _columns;
        private readonly double[] _factorSquares;
        private readonly SparseGptOptions _options;
        private readonly int? _groupSize;
        private readonly ComputeThreads _threads;
        private long _pruned;

        public Rounding(ReadOnlyMemory<float> weights, int rows, HessianFactor factor, SparseGptOptions options, ComputeThreads threads)
        {
            _threads = threads;
            _rows = rows;
            _columns = factor.Columns;
            _options = options;
            _groupSize = options.GroupSize;
            LooksAhead = [.. new[] { options.Pattern?.Group, options.Grid is null ? null : options.GroupSize }.OfType<int>()];
            Mask = new bool[weights.Length];
            _factorSquares = new double[_columns];
            for (int i = 0; i < _columns; i++)
                _factorSquares[i] = factor.Upper[i * _columns + i] * factor.Upper[i * _columns + i];
            if (options.Grid is not { } grid)
                return;
            Quantized = new QuantizedMatrix(rows, _columns, grid.Bits, _groupSize ?? _columns);
            for (int row = 0; row < rows && _groupSize is null; row++)
                Quantized.Grids[row] = QuantizationGrid.Fit(weights.Span.Slice(row * _columns, _columns), grid);
        }

        public bool[] Mask { get; }

        public QuantizedMatrix? Quantized { get; }

        public IReadOnlyList<int> LooksAhead { get; }

        public void BeginBlock(double[] weights, int start, int end)
        {
            if (_options.Pattern is not null)
                return;
            int width = end - start;
            double sparsity = _options.Sparsity ?? throw new InvalidOperationException("SparseGPT needs a sparsity or a pattern.");
            double[] scores = new double[_rows * width];
            ParallelWork.Run(_rows, _threads, row =>
                Score(weights.AsSpan((row * _columns) + start, width), _factorSquares.AsSpan(start, width), scores.AsSpan(row * width, width)));

            // The exact count is settled over all blocks so far, so that the whole layer has it too.
            long wanted = _options.Count == PruneCount.Exact
                ? PruneCounts.Exact(sparsity, (long)_rows * end) - _pruned
                : Math.Min(PruneCounts.Truncated(sparsity, scores.Length) + 1, scores.Length);
            bool[] mask = new bool[scores.Length];
            ParallelSelection.MarkSmallest(scores, (int)wanted, mask, _threads);
            _pruned += wanted;
            for (int row = 0; row < _rows; row++)
                mask.AsSpan(row * width, width).CopyTo(Mask.AsSpan(row * _columns + start, width));
        }

        public ITileRounding BeginTile(SweptTile tile) => new TileRounding(this, tile);

        private static void Score(ReadOnlySpan<double> weights, ReadOnlySpan<double> squares, Span<double> scores)
        {
            int i = 0;
            for (; i <= scores.Length - Vector512<double>.Count; i += Vector512<double>.Count)
            {
                Vector512<double> w = Vector512.Create(weights[i..]);
                (w * w / Vector512.Create(squares[i..])).CopyTo(scores[i..]);
            }

            for (; i < scores.Length; i++)
                scores[i] = weights[i] * weights[i] / squares[i];
        }

        private sealed class TileRounding : ITileRounding
        {
            // Up to here the members of a group are ranked against each other, sixteen rows at a time.
            private const int WidestRanked = 32;

            private readonly Rounding _owner;
            private readonly SweptTile _tile;
            private readonly TileBytes _pruned;
            private readonly TileGrids? _grids;

            public TileRounding(Rounding owner, SweptTile tile)
            {
                (_owner, _tile) = (owner, tile);
                _pruned = new TileBytes(tile, owner._columns, order: null);
                _pruned.Load(MemoryMarshal.AsBytes<bool>(owner.Mask));
                _grids = owner.Quantized is { } matrix ? new TileGrids(matrix, tile, order: null) : null;
            }

            public void Round(int column, Span<double> rounded)
            {
                if (_owner._options.Pattern is { } pattern && column % pattern.Group == 0)
                    SelectGroup(column, pattern);
                Vector512<int> kept = Vector512.Equals(_pruned.Lanes(column), Vector512<int>.Zero);
                (Vector512<double> low, Vector512<double> high) = _tile.Column(column);
                if (_grids is null)
                {
                    (Vector512<long> lowKept, Vector512<long> highKept) = Vector512.Widen(kept);
                    (low, high) = (low & lowKept.AsDouble(), high & highKept.AsDouble());
                }
                else
                {
                    UseGrids(column);
                    (low, high) = Vector512.Widen(_grids.Round(column, Vector512.Narrow(low, high) & kept.AsSingle()));
                }

                low.CopyTo(rounded);
                high.CopyTo(rounded[Vector512<double>.Count..]);
            }

            public void End()
            {
                if (_owner._options.Pattern is not null)
                    _pruned.Store(MemoryMarshal.AsBytes(_owner.Mask.AsSpan()));
                _grids?.Store();
            }

            private void UseGrids(int column)
            {
                QuantizedMatrix matrix = _owner.Quantized!;
                bool begins = _owner._groupSize is { } size && column % size == 0;
                int group = matrix.GroupIndex[column];
                for (int row = 0; row < _tile.Rows && begins; row++)
                    matrix.Grids[((_tile.FirstRow + row) * matrix.Groups) + group] = FitGroup(row, column, Math.Min(matrix.GroupSize, matrix.Columns - column));
                _grids!.Use(group, begins);
            }

            private QuantizationGrid FitGroup(int row, int column, int members)
            {
                Span<double> group = members <= 1024 ? stackalloc double[members] : new double[members];
                _tile.CopyRow(row, column, group);
                return SweptWeights.Fit(group, _owner._options.Grid!);
            }

            private void SelectGroup(int column, NmPattern pattern)
            {
                if (pattern.Group <= WidestRanked && column + pattern.Group <= _tile.End)
                {
                    RankGroup(column, pattern);
                    return;
                }

                // Of a group that is wider than a block, later blocks take their marks from the mask.
                double[] values = new double[2 * pattern.Group];
                Span<double> scores = values.AsSpan(0, pattern.Group);
                for (int row = 0; row < _tile.Rows; row++)
                {
                    _tile.CopyRow(row, column, scores);
                    Score(scores, _owner._factorSquares.AsSpan(column, pattern.Group), scores);
                    OrderStatistics.MarkSmallest(
                        scores, pattern.Zeros, values.AsSpan(pattern.Group), _owner.Mask.AsSpan(((_tile.FirstRow + row) * _owner._columns) + column, pattern.Group));
                }

                _pruned.Load(MemoryMarshal.AsBytes<bool>(_owner.Mask), column);
            }

            // A row's member goes when fewer than N others of its group have a smaller score, or the same and come before it.
            private void RankGroup(int column, NmPattern pattern)
            {
                Span<Vector512<double>> scores = stackalloc Vector512<double>[2 * pattern.Group];
                for (int i = 0; i < pattern.Group; i++)
                {
                    (Vector512<double> low, Vector512<double> high) = _tile.Column(column + i);
                    Vector512<double> square = Vector512.Create(_owner._factorSquares[column + i]);
                    (scores[2 * i], scores[(2 * i) + 1]) = (low * low / square, high * high / square);
                }

                var zeros = Vector512.Create((long)pattern.Zeros);
                for (int i = 0; i < pattern.Group; i++)
                {
                    Vector512<double> low = scores[2 * i], high = scores[(2 * i) + 1];
                    Vector512<long> lowRank = default, highRank = default;
                    for (int j = 0; j < i; j++)
                    {
                        lowRank -= Vector512.LessThanOrEqual(scores[2 * j], low).AsInt64();
                        highRank -= Vector512.LessThanOrEqual(scores[(2 * j) + 1], high).AsInt64();
                    }

                    for (int j = i + 1; j < pattern.Group; j++)
                    {
                        lowRank -= Vector512.LessThan(scores[2 * j], low).AsInt64();
                        highRank -= Vector512.LessThan(scores[(2 * j) + 1], high).AsInt64();
                    }

                    Vector512<int> goes = Vector512.Narrow(Vector512.LessThan(lowRank, zeros), Vector512.LessThan(highRank, zeros));
                    _pruned.Set(column + i, goes & Vector512<int>.One);
                }
            }
        }
    }
}
