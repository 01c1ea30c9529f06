using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.Memory;
using Gate.Numerics.Threading;

namespace Gate.Numerics.LinearAlgebra.Int8;

/// <summary>
/// y[t, r] = s[t] · Σ_g (scale[r, g] · Σₖ∈g q[t, k] · c[r, k]) + bias[r]: weights and activations both as 8-bit integers, as runtimes compute W8A8 (dynamic
/// scales by token as in vLLM's kernels; LLM.int8(), Dettmers et al. 2022). The inner sums are exact integers; the sums of the groups are scaled and
/// added in binary32 in rising order, one multiplication and one addition each. Bits depend on the token and the row alone.
/// </summary>
public static unsafe class Int8Product
{
    // Token groups of a piece: 64 groups of 4 tokens with 2,048 inputs are 512 KiB, which pass through the second-level cache once for each panel.
    private const int GroupsAtOnce = 64;

    /// <summary>Multiplies.</summary>
    /// <param name="x">[tokens, w.Columns], row-major.</param>
    /// <param name="tokens">Number of rows of x, at least 0.</param>
    /// <param name="w">Weights.</param>
    /// <param name="bias">[w.Rows], or empty for none.</param>
    /// <param name="y">Rows of <paramref name="stride"/> values; w.Rows of each are written, from <paramref name="firstColumn"/> on.</param>
    /// <param name="stride">Values of a row of y.</param>
    /// <param name="firstColumn">Where in a row of y the outputs go.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <exception cref="ArgumentException">A span is shorter than its shape.</exception>
    public static void Multiply(
        ReadOnlySpan<float> x, int tokens, Int8Matrix w, ReadOnlySpan<float> bias, Span<float> y, int stride, int firstColumn, ComputeThreads threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfNegative(firstColumn);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)firstColumn + w.Rows, stride, nameof(firstColumn));
        LengthCheck.RequireRoom((long)tokens * w.Columns, x.Length);
        LengthCheck.RequireRoom((long)tokens * stride, y.Length);
        if (!bias.IsEmpty)
            LengthCheck.RequireEqual(w.Rows, bias.Length);
        if (tokens == 0)
            return;
        fixed (float* inputs = x, outputs = y, biases = bias)
        {
            float* to = outputs + firstColumn, offsets = biases;
            using var codes = Int8Activations.Quantize(inputs, tokens, w.Columns, threads);
            int slices = (codes.Groups + GroupsAtOnce - 1) / GroupsAtOnce;
            ParallelWork.Run(slices * w.Panels, threads, piece =>
            {
                int first = piece / w.Panels * GroupsAtOnce;
                for (int group = first; group < Math.Min(first + GroupsAtOnce, codes.Groups); group++)
                    ComputeBlock(codes, group, w, piece % w.Panels, offsets, to, stride, tokens);
            });
        }

        GC.KeepAlive(w);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ComputeBlock(Int8Activations codes, int group, Int8Matrix w, int panel, float* bias, float* y, int stride, int tokens)
    {
        const int Rows = Int8Matrix.PanelRows, Outputs = Rows * Int8Activations.Width;
        int* sums = stackalloc int[Outputs];
        float* results = stackalloc float[Outputs];
        new Span<float>(results, Outputs).Clear();
        int quadsOfGroup = (w.GroupSize + Int8Matrix.Quad - 1) / Int8Matrix.Quad;
        for (int scaled = 0; scaled < w.Groups; scaled++)
        {
            int firstQuad = scaled * quadsOfGroup;
            Int8Kernels.Sum(
                codes.CodesOf(group) + ((long)firstQuad * Int8Activations.Width * Int8Matrix.Quad), w.CodesOf(panel) + ((long)firstQuad * Rows * Int8Matrix.Quad),
                Math.Min(quadsOfGroup, w.Quads - firstQuad), sums);
            float* scales = w.ScalesOf(panel) + (scaled * Rows);
            int* offsets = w.OffsetsOf(panel) + (scaled * Rows);
            for (int i = 0; i < Outputs; i += Vector256<int>.Count)
            {
                Vector256<int> exact = Vector256.Load(sums + i) - Vector256.Load(offsets + (i % Rows));
                (Vector256.Load(results + i) + (Vector256.ConvertToSingle(exact) * Vector256.Load(scales + (i % Rows)))).Store(results + i);
            }
        }

        int real = Math.Min(Rows, w.Rows - (panel * Rows));
        for (int lane = 0; lane < Int8Activations.Width && (group * Int8Activations.Width) + lane < tokens; lane++)
        {
            int token = (group * Int8Activations.Width) + lane;
            float scale = codes.ScaleOf(token);
            float* to = y + ((long)token * stride) + (panel * Rows);
            for (int row = 0; row < real; row++)
                to[row] = (results[(lane * Rows) + row] * scale) + (bias == null ? 0 : bias[(panel * Rows) + row]);
        }
    }
}
