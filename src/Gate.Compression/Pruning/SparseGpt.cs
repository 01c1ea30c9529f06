using Gate.Compression.ErrorFeedback;
using Gate.Compression.Quantization;
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
        double[] current = SweptWeights.From(weights.Span, rows, factor);
        double loss = ColumnSweep.Run(
            current, rows, factor.Upper, columns, Blocks(columns, options), rounding, threads, cancellationToken);
        return new SparseGptResult(Array.ConvertAll(current, value => (float)value), rounding.Mask, rounding.Quantized, loss);
    }

    // Groups of a pattern or of a grid must not straddle blocks.
    private static IReadOnlyList<int> Blocks(int columns, SparseGptOptions options) => (options.Pattern, options.GroupSize) switch
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
            {
                for (int i = 0; i < width; i++)
                    scores[(row * width) + i] = Score(weights[(row * _columns) + start + i], start + i);
            });

            // The exact count is settled over all blocks so far, so that the whole layer has it too.
            long wanted = _options.Count == PruneCount.Exact
                ? PruneCounts.Exact(sparsity, (long)_rows * end) - _pruned
                : Math.Min(PruneCounts.Truncated(sparsity, scores.Length) + 1, scores.Length);
            bool[] mask = new bool[scores.Length];
            OrderStatistics.MarkSmallest(scores, (int)wanted, new double[scores.Length], mask);
            _pruned += wanted;
            for (int row = 0; row < _rows; row++)
                mask.AsSpan(row * width, width).CopyTo(Mask.AsSpan(row * _columns + start, width));
        }

        public void Round(SweptTile tile, int column, Span<double> rounded)
        {
            ReadOnlySpan<double> current = tile.Column(column);
            int group = _groupSize is { } size ? column / size : 0;
            for (int i = 0; i < current.Length; i++)
            {
                int row = tile.FirstRow + i;
                if (_options.Pattern is { } pattern && column % pattern.Group == 0)
                    SelectGroup(tile, i, column, pattern);
                bool pruned = Mask[(row * _columns) + column];
                if (Quantized is null)
                {
                    rounded[i] = pruned ? 0 : current[i];
                    continue;
                }

                ref QuantizationGrid grid = ref Quantized.Grids[(row * Quantized.Groups) + group];
                if (_groupSize is { } members && column % members == 0)
                    grid = FitGroup(tile, i, column, Math.Min(members, _columns - column));
                byte code = grid.Encode(pruned ? 0f : (float)current[i]);
                Quantized.Codes[(row * _columns) + column] = code;
                rounded[i] = grid.Decode(code);
            }
        }

        private QuantizationGrid FitGroup(SweptTile tile, int index, int column, int members)
        {
            double[] group = new double[members];
            tile.CopyRow(index, column, group);
            return SweptWeights.Fit(group, _options.Grid!);
        }

        private void SelectGroup(SweptTile tile, int index, int column, NmPattern pattern)
        {
            Span<double> scores = stackalloc double[2 * Math.Min(pattern.Group, 1024)];
            tile.CopyRow(index, column, scores[..pattern.Group]);
            for (int i = 0; i < pattern.Group; i++)
                scores[i] = Score(scores[i], column + i);
            OrderStatistics.MarkSmallest(
                scores[..pattern.Group], pattern.Zeros, scores[pattern.Group..], Mask.AsSpan(((tile.FirstRow + index) * _columns) + column, pattern.Group));
        }

        private double Score(double weight, int column) => weight * weight / _factorSquares[column];
    }
}
