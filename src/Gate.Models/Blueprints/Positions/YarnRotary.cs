namespace Gate.Models.Blueprints.Positions;

/// <summary>
/// YaRN (Peng et al. 2023): fast pairs keep their frequency, slow pairs are slowed by the factor, a linear ramp joins them, and cosines and sines
/// are multiplied by an attention factor of 0.1 · ln(factor) + 1.
/// </summary>
/// <param name="Factor">How many times longer the context became.</param>
/// <param name="BetaFast">Rotations over the original context above which a pair keeps its frequency.</param>
/// <param name="BetaSlow">Rotations below which a pair is slowed by the whole factor.</param>
/// <param name="Original">Context of the original training, tokens.</param>
/// <param name="Attention">What cosines and sines are multiplied by.</param>
/// <param name="Truncate">Whether the ends of the ramp are rounded outwards to whole pairs.</param>
/// <param name="Stretched">Whether max_position_embeddings already is the stretched context.</param>
internal sealed record YarnRotary(
    double Factor, double BetaFast, double BetaSlow, int Original, double Attention, bool Truncate, bool Stretched) : RotaryScaling
{
    public override double AttentionFactor => Attention;

    public override float[] Frequencies(Rotary rotary, int length)
    {
        double low = PairOf(rotary, BetaFast), high = PairOf(rotary, BetaSlow);
        if (Truncate)
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        (low, high) = (Math.Max(low, 0), Math.Min(high, rotary.Size - 1));
        if (low == high)
            high += 0.001;

        float[] frequencies = new float[rotary.Size / 2];
        for (int i = 0; i < frequencies.Length; i++)
        {
            float power = rotary.PowerOf(rotary.Theta, i);
            float fast = 1f / power, slow = 1f / ((float)Factor * power);
            float keep = 1 - Math.Clamp((i - (float)low) / (float)(high - low), 0f, 1f);
            frequencies[i] = (slow * (1 - keep)) + (fast * keep);
        }

        return frequencies;
    }

    public override int MaximumLength(Rotary rotary) =>
        Stretched ? rotary.MaximumPositions : Stretch(rotary.MaximumPositions, Factor);

    /// <summary>What cosines and sines are multiplied by when the configuration does not say.</summary>
    public static double AttentionOf(double factor, double scale) => factor <= 1 ? 1 : (0.1 * scale * Math.Log(factor)) + 1;

    // The (fractional) pair that turns so many times over the original context.
    private double PairOf(Rotary rotary, double rotations) =>
        rotary.Size * Math.Log(Original / (rotations * 2 * Math.PI)) / (2 * Math.Log(rotary.Theta));
}
