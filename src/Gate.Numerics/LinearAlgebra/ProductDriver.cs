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

    /// <summary>
    /// Groups of a piece: with 16 groups a block of inputs is 256 KiB, which stays in the second-level cache beside a block of a panel (96 KiB)
    /// while <see cref="MostPanels"/> panels pass.
    /// </summary>
    private const int MostGroups = 16;

    /// <summary>Panels of a piece: each block of inputs is read from the third-level cache once for this many panels.</summary>
    private const int MostPanels = 8;

    /// <summary>Computes all outputs.</summary>
    public static void Run(ProductCall call, ComputeThreads threads)
    {
        int panels = call.Layout.Panels, groups = call.Groups.Count;
        if (call.Layout.Elements * call.Groups.Tokens < SmallestParallelWork)
            threads = new ComputeThreads(1);
        call.PackInputs(threads);

        // A piece is a set of outputs: some panels for some groups. One group alone reads each weight once, panel after panel.
        int wanted = threads.Count <= 1 ? 1 : PiecesPerThread * threads.Count;
        int slices = Math.Clamp(Math.Max(wanted / panels, (groups + MostGroups - 1) / MostGroups), 1, groups);
        int strip = groups == 1 ? 1 : (int)Math.Clamp((long)panels * slices / wanted, 1, MostPanels);
        int strips = (panels + strip - 1) / strip;
        ParallelWork.Run(strips * slices, threads, piece =>
        {
            int slice = piece / strips, firstPanel = piece % strips * strip;
            int firstGroup = (int)((long)groups * slice / slices), endGroup = (int)((long)groups * (slice + 1) / slices);
            RunPiece(call, (firstPanel, Math.Min(firstPanel + strip, panels)), (firstGroup, endGroup));
        });
    }

    private static void RunPiece(ProductCall call, (int First, int End) panels, (int First, int End) groups)
    {
        int columns = call.Layout.Columns;
        float* tile = stackalloc float[TileElements];

        // Widening once into the cache pays from two groups on; the forms for narrower vectors only know binary32.
        bool widen = TFormat.Size < sizeof(float) && (groups.End - groups.First > 1 || !Vector512.IsHardwareAccelerated);
        float* widened = widen ? ThreadScratch.Panel.Take((long)PanelLayout.BlockDepth * PanelLayout.FullWidth) : null;
        for (int first = 0; first < columns; first += PanelLayout.BlockDepth)
        {
            int depth = Math.Min(PanelLayout.BlockDepth, columns - first);
            for (int panel = panels.First; panel < panels.End; panel++)
            {
                int width = call.Layout.WidthOf(panel);
                byte* block = call.Panels + ((call.Layout.OffsetOf(panel) + ((long)first * width)) * TFormat.Size);
                if (widen)
                    Widen(block, depth * width, widened);
                for (int group = groups.First; group < groups.End; group++)
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
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen(byte* block, int elements, float* widened)
    {
        for (int element = 0; element < elements; element += 16)
            TFormat.Load(block + ((long)element * TFormat.Size)).Store(widened + element);
    }
}
