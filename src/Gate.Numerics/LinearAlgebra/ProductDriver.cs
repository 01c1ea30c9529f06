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
    private const long SmallestParallelWork = 1 << 17;

    /// <summary>Computes all outputs.</summary>
    public static void Run(ProductCall call, ComputeThreads threads)
    {
        long work = call.Layout.Elements * call.Groups.Tokens;
        ComputeThreads used = work < SmallestParallelWork ? new ComputeThreads(1) : threads;
        ParallelWork.Run(call.Layout.Panels, used, panel => RunPanel(call, panel));
    }

    private static void RunPanel(ProductCall call, int panel)
    {
        PanelLayout layout = call.Layout;
        int columns = layout.Columns, width = layout.WidthOf(panel);
        byte* weights = call.Panels + (layout.OffsetOf(panel) * TFormat.Size);
        float* tile = stackalloc float[TileElements];
        bool widen = TFormat.Size < sizeof(float) && call.Groups.Count > 1;
        float* widened = widen ? ThreadScratch.Panel.Take((long)PanelLayout.BlockDepth * PanelLayout.FullWidth) : null;
        for (int first = 0; first < columns; first += PanelLayout.BlockDepth)
        {
            int depth = Math.Min(PanelLayout.BlockDepth, columns - first);
            byte* block = weights + ((long)first * width * TFormat.Size);
            if (widen)
            {
                for (int element = 0; element < depth * width; element += 16)
                    System.Runtime.Intrinsics.Vector512.Store(TFormat.Load(block + ((long)element * TFormat.Size)), widened + element);
            }

            for (int group = 0; group < call.Groups.Count; group++)
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
