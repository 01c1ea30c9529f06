using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.Memory;
using Gate.Numerics.Threading;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>Walks over panels, blocks of inputs and token groups, and gives each combination to a register block.</summary>
/// <typeparam name="TFormat">Element format of the panels.</typeparam>
internal static unsafe class ProductDriver<TFormat>
    where TFormat : struct, IPanelFormat
{
    private const int TileElements = TokenGroups.FullWidth * PanelLayout.FullWidth;

    /// <summary>Fused multiply-adds below which a second thread costs more than it saves.</summary>
    private const long SmallestParallelWork = 1 << 18;

    /// <summary>Pieces for each thread, so that a thread that was held up does not hold up the others.</summary>
    private const int PiecesPerThread = 4;

    /// <summary>Computes all outputs.</summary>
    public static void Run(ProductCall call, ComputeThreads threads)
    {
        int panels = call.Layout.Panels, groups = call.Groups.Count;
        if (call.Layout.Elements * call.Groups.Tokens < SmallestParallelWork)
            threads = new ComputeThreads(1);
        call.PackInputs(threads);

        // Few panels and many tokens: the tokens are divided as well. A piece is still a set of outputs.
        int wanted = threads.Count <= 1 ? 1 : PiecesPerThread * threads.Count;
        int slices = Math.Clamp(wanted / panels, 1, groups);
        ParallelWork.Run(panels * slices, threads, piece =>
        {
            int slice = piece / panels;
            int first = (int)((long)groups * slice / slices), end = (int)((long)groups * (slice + 1) / slices);
            RunPanel(call, piece % panels, first, end);
        });
    }

    private static void RunPanel(ProductCall call, int panel, int firstGroup, int endGroup)
    {
        PanelLayout layout = call.Layout;
        int columns = layout.Columns, width = layout.WidthOf(panel);
        byte* weights = call.Panels + (layout.OffsetOf(panel) * TFormat.Size);
        float* tile = stackalloc float[TileElements];

        // Widening once into the cache pays from two groups on; the forms for narrower vectors only know binary32.
        bool widen = TFormat.Size < sizeof(float) && (endGroup - firstGroup > 1 || !Vector512.IsHardwareAccelerated);
        float* widened = widen ? ThreadScratch.Panel.Take((long)PanelLayout.BlockDepth * PanelLayout.FullWidth) : null;
        for (int first = 0; first < columns; first += PanelLayout.BlockDepth)
        {
            int depth = Math.Min(PanelLayout.BlockDepth, columns - first);
            byte* block = weights + ((long)first * width * TFormat.Size);
            if (widen)
                Widen(block, depth * width, widened);
            for (int group = firstGroup; group < endGroup; group++)
            {
                int tokens = call.Groups.WidthOf(group);
                float* x = call.Packed + ((long)group * TokenGroups.FullWidth * columns) + ((long)first * tokens);
                if (widen)
                    ProductBlock<Float32Panel>.Compute(x, tokens, (byte*)widened, width, depth, tile);
                else
                    ProductBlock<TFormat>.Compute(x, tokens, block, width, depth, tile);
                ProductTile.Merge(call, tile, group, panel, isFirst: first == 0, isLast: first + depth == columns);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen(byte* block, int elements, float* widened)
    {
        for (int element = 0; element < elements; element += 16)
            TFormat.Load(block + ((long)element * TFormat.Size)).Store(widened + element);
    }
}
