using System.Collections.Immutable;
using Gate.Models.Inference;

namespace Gate.Core.Planning;

/// <summary>Measures candidates against one dense model on the same tokens, without the dense model.</summary>
/// <param name="dense">The dense model's logits on the text.</param>
/// <param name="text">The text.</param>
internal sealed class DivergenceMeter(DenseLogits dense, HeldOutText text)
{
    /// <summary>Measures one candidate.</summary>
    /// <param name="candidate">A model with the same vocabulary.</param>
    /// <param name="cancellationToken">Checked between windows.</param>
    public Divergence Measure(ILanguageModel candidate, CancellationToken cancellationToken)
    {
        int width = dense.Width;
        double[] sums = new double[text.Windows.Length];
        double likelihood = 0, denseLikelihood = 0;
        for (int i = 0; i < text.Windows.Length; i++)
        {
            ImmutableArray<int> window = text.Windows[i];
            float[] reference = dense.Of(i);
            double sum = 0;
            candidate.VisitLogits(window.AsMemory()[..^1], (position, logits) =>
            {
                ReadOnlySpan<float> before = reference.AsSpan(position * width, width);
                double beforeTotal = LogSumExp(before), total = LogSumExp(logits);
                double divergence = 0;
                for (int token = 0; token < width; token++)
                {
                    double logP = before[token] - beforeTotal;
                    divergence += Math.Exp(logP) * (logP - (logits[token] - total));
                }

                // Rounding can leave a tiny negative sum for equal distributions.
                sum += Math.Max(0, divergence);
                likelihood += logits[window[position + 1]] - total;
                denseLikelihood += before[window[position + 1]] - beforeTotal;
            }, cancellationToken);
            sums[i] = sum;
        }

        int tokens = text.ScoredTokens;
        double mean = sums.Sum() / tokens;
        double squares = sums.Select((sum, i) => sum - (mean * (text.Windows[i].Length - 1))).Sum(residual => residual * residual);
        int count = sums.Length;
        double error = count < 2 ? double.PositiveInfinity : Math.Sqrt(squares * count / (count - 1)) / tokens;
        return new Divergence(mean, error, Math.Exp(-likelihood / tokens), Math.Exp(-denseLikelihood / tokens), tokens);
    }

    private static double LogSumExp(ReadOnlySpan<float> logits)
    {
        double largest = double.NegativeInfinity;
        foreach (float logit in logits)
            largest = Math.Max(largest, logit);
        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - largest);
        return largest + Math.Log(sum);
    }
}
