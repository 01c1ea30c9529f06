namespace Gate.Compression.Removal;

/// <summary>Router-weighted norms of what the experts of a block give.</summary>
/// <param name="count">Experts.</param>
internal sealed class ExpertScores(int count)
{
    private readonly double[] _sums = new double[count];
    private readonly long[] _tokens = new long[count];

    /// <summary>Experts.</summary>
    public int Count => count;

    /// <summary>Adds the tokens that reach an expert.</summary>
    /// <param name="expert">Its index.</param>
    /// <param name="weights">The router's weight of each token.</param>
    /// <param name="outputs">One row of outputs for each token.</param>
    public void Add(int expert, ReadOnlySpan<float> weights, ReadOnlySpan<float> outputs)
    {
        int width = outputs.Length / weights.Length;
        for (int token = 0; token < weights.Length; token++)
        {
            double squares = 0;
            foreach (float value in outputs.Slice(token * width, width))
                squares += (double)value * value;
            _sums[expert] += weights[token] * Math.Sqrt(squares);
        }

        _tokens[expert] += weights.Length;
    }

    /// <summary>The mean over its tokens; 0 of an expert that none reaches.</summary>
    public double[] Means() => [.. _sums.Zip(_tokens, (sum, tokens) => tokens == 0 ? 0 : sum / tokens)];
}
