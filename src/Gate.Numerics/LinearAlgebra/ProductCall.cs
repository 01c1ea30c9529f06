using Gate.Numerics.Memory;
using Gate.Numerics.Threading;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>The operands of one product, pinned while it runs.</summary>
internal sealed unsafe class ProductCall(float* inputs, TokenGroups groups, PackedMatrix weights, float* bias, float* outputs)
{
    /// <summary>Elements below which a second thread does not speed up the packing.</summary>
    private const long SmallestParallelPacking = 1 << 16;

    /// <summary>Token groups, packed; null before <see cref="PackInputs"/>.</summary>
    public float* Packed { get; private set; }

    /// <summary>How the tokens are grouped.</summary>
    public TokenGroups Groups { get; } = groups;

    /// <summary>Panels.</summary>
    public byte* Panels { get; } = weights.Data.Pointer;

    /// <summary>How the outputs are cut.</summary>
    public PanelLayout Layout { get; } = weights.Layout;

    /// <summary>[rows] or null.</summary>
    public float* Bias { get; } = bias;

    /// <summary>[tokens, rows].</summary>
    public float* Outputs { get; } = outputs;

    /// <summary>Brings the inputs into groups. One token is a group as it stands.</summary>
    public void PackInputs(ComputeThreads threads)
    {
        int columns = Layout.Columns;
        if (Groups.Tokens == 1)
        {
            Packed = inputs;
            return;
        }

        Packed = ThreadScratch.Tokens.Take((long)Groups.PaddedTokens * columns);
        if ((long)Groups.Tokens * columns < SmallestParallelPacking)
            threads = new ComputeThreads(1);
        ParallelWork.Run(Groups.Count, threads, group => Groups.Pack(inputs, columns, group, Packed));
    }
}
