using System.Collections.Immutable;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Numerics.Softmax;

namespace Gate.Core.Planning;

/// <summary>Measures a variant of the dense model on the same tokens, without the dense model: takes its logits window by window.</summary>
/// <param name="dense">The dense model's logits on the text.</param>
/// <param name="text">The text.</param>
internal sealed class DivergenceMeter(DenseLogits dense, HeldOutText text)
{
    private readonly double[] _sums = new double[text.Windows.Length];
    private double _likelihood, _denseLikelihood;
    private (int Window, float[] Rows) _reference = (-1, []);

    /// <summary>Measures a model.</summary>
    /// <param name="dense">The dense model's logits on the text.</param>
    /// <param name="text">The text.</param>
    /// <param name="candidate">A model with the same vocabulary.</param>
    /// <param name="cancellationToken">Checked between windows.</param>
    public static Divergence Measure(DenseLogits dense, HeldOutText text, ILanguageModel candidate, CancellationToken cancellationToken)
    {
        DivergenceMeter meter = new(dense, text);
        for (int i = 0; i < text.Windows.Length; i++)
        {
            int window = i;
            candidate.VisitLogits(new LogitsRequest(text.Windows[i].AsMemory()[..^1]), (position, logits) => meter.Add(window, position, logits), cancellationToken);
        }

        return meter.Result;
    }

    /// <summary>What the positions so far say; all of them must have been added.</summary>
    public Divergence Result
    {
        get
        {
            int tokens = text.ScoredTokens, count = _sums.Length;
            double mean = _sums.Sum() / tokens;
            double squares = _sums.Select((sum, i) => sum - (mean * (text.Windows[i].Length - 1))).Sum(residual => residual * residual);
            double error = count < 2 ? double.PositiveInfinity : Math.Sqrt(squares * count / (count - 1)) / tokens;
            return new Divergence(mean, error, Math.Exp(-_likelihood / tokens), Math.Exp(-_denseLikelihood / tokens), tokens);
        }
    }

    /// <summary>Takes the logits of one position; those of a window come together.</summary>
    /// <param name="index">Index of the window.</param>
    /// <param name="position">Position in it.</param>
    /// <param name="logits">One value per vocabulary entry.</param>
    public void Add(int index, int position, ReadOnlySpan<float> logits)
    {
        if (_reference.Window != index)
            _reference = (index, dense.Of(index));
        ImmutableArray<int> window = text.Windows[index];
        ReadOnlySpan<float> before = _reference.Rows.AsSpan(position * dense.Width, dense.Width);
        double beforeTotal = LogSumExp.Compute(before), total = LogSumExp.Compute(logits);

        // Rounding can leave a tiny negative sum for equal distributions.
        _sums[index] += Math.Max(0, KullbackLeibler.Divergence(before, beforeTotal, logits, total));
        _likelihood += logits[window[position + 1]] - total;
        _denseLikelihood += before[window[position + 1]] - beforeTotal;
    }
}
