using FsCheck;
using FsCheck.Fluent;
using Gate.Compression.ErrorFeedback;
using Gate.Compression.Pruning;
using Gate.Compression.Quantization;
using Gate.Compression.Recipes;
using Gate.Numerics.Threading;

namespace Gate.Compression.Tests.ErrorFeedback;

/// <summary>Sixteen rows swept at once get the codes, grids, masks and losses of one weight at a time, bit for bit.</summary>
public sealed class SweepVectorTests
{
    private static readonly ComputeThreads Threads = new(2);

    private static readonly Gen<GridOptions> Grids =
        from bits in Gen.Choose(2, 8)
        from symmetric in Gen.Elements(true, false)
        from range in Gen.Elements(SymmetricRange.Restricted, SymmetricRange.Full, SymmetricRange.Reference)
        from elements in Gen.Elements(Enum.GetValues<GridElements>())
        from clipping in Gen.Elements(false, false, true)
        select new GridOptions(elements == GridElements.Integer ? bits : 8, symmetric)
        {
            Range = elements == GridElements.Integer ? range : SymmetricRange.Restricted,
            HalfScales = true,
            Elements = elements,
            Clipping = clipping ? new GridClipping() : null,
        };

    private static readonly Gen<(int Rows, int Columns, int Seed)> Shapes =
        from rows in Gen.Choose(1, 40)
        from columns in Gen.Choose(1, 70)
        from seed in Gen.Choose(0, int.MaxValue)
        select (rows, columns, seed);

    [Fact]
    public void Gptq_gives_the_codes_and_grids_of_one_weight_at_a_time() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(
        (from shape in Shapes
         from grid in Grids
         from groupSize in Gen.Choose(0, 40)
         from blockSize in Gen.Choose(1, 50)
         from flags in Gen.Choose(0, 31)
         select (shape, groupSize, blockSize, grid, flags)).ToArbitrary(), input =>
        {
            (var shape, int groupSize, int blockSize, GridOptions grid, int flags) = input;
            (float[] weights, bool[] mask, HessianFactor factor) = Layer(shape, activationOrder: (flags & 1) != 0);
            GptqOptions options = new(grid)
            {
                GroupSize = groupSize == 0 ? null : groupSize,
                BlockSize = blockSize,
                StaticGroups = (flags & 2) != 0,
                ReferenceGroups = (flags & 12) == 12,
            };
            bool[]? pruned = (flags & 16) != 0 ? mask : null;
            GptqResult result = Gptq.Quantize(weights, shape.Rows, factor, options, pruned, Threads, TestContext.Current.CancellationToken);

            GptqOneByOne expected = new(weights, shape.Rows, factor, options, pruned);
            IReadOnlyList<int> blocks = options.ReferenceGroups || options.StaticGroups || options.GroupSize is null
                ? ColumnBlocks.Even(shape.Columns, blockSize)
                : ColumnBlocks.Aligned(shape.Columns, blockSize, groupSize);
            double loss = Sweep(weights, shape.Rows, factor, blocks, expected).Loss;
            Assert.Equal(expected.Matrix.Codes, result.Matrix.Codes);
            Assert.Equal(expected.Matrix.Grids, result.Matrix.Grids);
            Assert.Equal(BitConverter.DoubleToInt64Bits(loss), BitConverter.DoubleToInt64Bits(result.Loss));
        }));

    [Fact]
    public void SparseGpt_gives_the_weights_and_marks_of_one_weight_at_a_time() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(
        (from shape in Shapes
         from grid in Grids
         from pattern in Gen.Elements<NmPattern?>(null, null, new NmPattern(2, 4), new NmPattern(1, 3), new NmPattern(7, 16), new NmPattern(20, 35), new NmPattern(0, 2), new NmPattern(2, 2))
         from percent in Gen.Choose(0, 100)
         from groupSize in Gen.Choose(0, 40)
         from blockSize in Gen.Choose(1, 50)
         from flags in Gen.Choose(0, 3)
         select (shape, grid, pattern, percent, groupSize, blockSize, flags)).ToArbitrary(), input =>
        {
            (var shape, GridOptions grid, NmPattern? pattern, int percent, int groupSize, int blockSize, int flags) = input;
            if (pattern is { } whole)
                shape.Columns = (shape.Columns + whole.Group - 1) / whole.Group * whole.Group;
            (float[] weights, _, HessianFactor factor) = Layer(shape, activationOrder: false);
            SparseGptOptions options = new()
            {
                Pattern = pattern,
                Sparsity = pattern is null ? percent / 100.0 : null,
                BlockSize = blockSize,
                Grid = (flags & 1) != 0 ? grid : null,
                GroupSize = (flags & 1) == 0 || groupSize == 0 ? null : groupSize,
                Count = (flags & 2) != 0 ? PruneCount.ReferenceThreshold : PruneCount.Exact,
            };
            SparseGptResult result = SparseGpt.Prune(weights, shape.Rows, factor, options, Threads, TestContext.Current.CancellationToken);

            SparseGptOneByOne expected = new(weights, shape.Rows, factor, options);
            (float[] swept, double loss) = Sweep(weights, shape.Rows, factor, SparseGpt.Blocks(shape.Columns, options), expected);
            Assert.Equal(expected.Mask, result.Mask);
            Assert.Equal(expected.Quantized?.Codes, result.Quantized?.Codes);
            Assert.Equal(expected.Quantized?.Grids, result.Quantized?.Grids);
            Assert.Equal(swept.Select(BitConverter.SingleToInt32Bits), result.Weights.Select(BitConverter.SingleToInt32Bits));
            Assert.Equal(BitConverter.DoubleToInt64Bits(loss), BitConverter.DoubleToInt64Bits(result.Loss));
        }));

    private static (float[] Weights, double Loss) Sweep(float[] weights, int rows, HessianFactor factor, IReadOnlyList<int> blocks, IColumnRounding rounding)
    {
        int columns = factor.Columns;
        double[] current =
        [
            .. Enumerable.Range(0, rows * columns).Select(i => factor.Order?[i % columns] ?? (i % columns)).Select((column, i) =>
                factor.Dead[column] ? 0.0 : weights[(i / columns * columns) + column]),
        ];
        double loss = ColumnSweep.Run(current, rows, factor.Upper, factor.Columns, blocks, rounding, new ComputeThreads(1), TestContext.Current.CancellationToken);
        return ([.. current.Select(value => (float)value)], loss);
    }

    // Few distinct weights and some dead inputs, so that equal scores are common.
    private static (float[] Weights, bool[] Mask, HessianFactor Factor) Layer((int Rows, int Columns, int Seed) shape, bool activationOrder)
    {
        (int rows, int columns, int seed) = shape;
        Random random = new(seed);
        int spread = seed % 3 == 0 ? 6 : 100_000;
        float[] weights = [.. Enumerable.Range(0, rows * columns).Select(_ => random.Next(-spread, spread + 1) / (float)spread)];
        bool[] mask = [.. weights.Select(_ => random.Next(3) == 0)];
        double[] hessian = new double[columns * columns];
        for (int sample = 0; sample < (seed % 5 == 0 ? 0 : 2 * columns); sample++)
        {
            double[] input = [.. Enumerable.Range(0, columns).Select(column => column % 9 == 8 ? 0 : random.NextDouble() - 0.3)];
            for (int i = 0; i < columns; i++)
            {
                for (int j = 0; j < columns; j++)
                    hessian[(i * columns) + j] += input[i] * input[j];
            }
        }

        return (weights, mask, HessianFactor.TryCreate(hessian, columns, damping: 0.01, activationOrder, Threads)!);
    }
}
