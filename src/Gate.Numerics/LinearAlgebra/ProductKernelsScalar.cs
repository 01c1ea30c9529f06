using System.Runtime.CompilerServices;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>The scalar twin of the register blocks: test oracle, and the form for machines without vectors.</summary>
internal static unsafe class ProductKernelsScalar
{
    /// <summary>tile[t, r] = Σₖ x[k, t]·panel[k, r].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(float* x, int tokens, float* panel, int width, int depth, float* tile)
    {
        for (int token = 0; token < tokens; token++)
        {
            for (int output = 0; output < width; output++)
            {
                float sum = 0;
                for (int k = 0; k < depth; k++)
                    sum = MathF.FusedMultiplyAdd(x[(k * tokens) + token], panel[(k * width) + output], sum);
                tile[(token * width) + output] = sum;
            }
        }
    }
}
