using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics.ElementaryFunctions;
using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Memory;

namespace Gate.Numerics.Softmax;

/// <summary>
/// KL(P‖Q) = Σ p·(ln p − ln q) in nats of two distributions given as logits, in binary64: eight lanes folded as in <see cref="LaneSum"/>, the rest one by one.
/// </summary>
public static class KullbackLeibler
{
    private const int Lanes = 8;

    /// <summary>The divergence; rounding can leave a tiny negative number for equal distributions.</summary>
    /// <param name="p">Logits of P.</param>
    /// <param name="logSumP">Their <see cref="LogSumExp"/>.</param>
    /// <param name="q">Logits of Q, as many.</param>
    /// <param name="logSumQ">Their <see cref="LogSumExp"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Divergence(ReadOnlySpan<float> p, double logSumP, ReadOnlySpan<float> q, double logSumQ)
    {
        LengthCheck.RequireEqual(p.Length, q.Length);
        ref float first = ref MemoryMarshal.GetReference(p);
        ref float second = ref MemoryMarshal.GetReference(q);
        Vector512<double> sums = default, shiftP = Vector512.Create(logSumP), shiftQ = Vector512.Create(logSumQ);
        int i = 0;
        for (; i <= p.Length - Lanes; i += Lanes)
        {
            Vector512<double> logP = WideLanes.Load(ref first, i) - shiftP, logQ = WideLanes.Load(ref second, i) - shiftQ;
            sums = Vector512.FusedMultiplyAdd(ExponentialDouble.Evaluate(logP), logP - logQ, sums);
        }

        double sum = LaneSum.Fold(sums);
        for (; i < p.Length; i++)
        {
            double logP = p[i] - logSumP;
            sum = Math.FusedMultiplyAdd(ExponentialDouble.Evaluate(logP), logP - (q[i] - logSumQ), sum);
        }

        return sum;
    }
}
