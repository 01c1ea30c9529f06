using Gate.Models.Checkpoints;

namespace Gate.Models.Architectures.Positions;

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

    public static YarnRotary Read(ModelConfiguration scaling, int maximumPositions)
    {
        int original = ConfigurationBounds.Get(
            scaling, "original_max_position_embeddings", maximumPositions, ConfigurationBounds.MaximumTokens);
        double factor = ReadFactor(scaling, original < maximumPositions ? (double)maximumPositions / original : 0);
        double scale = scaling.GetDouble("mscale", 0), scaleAll = scaling.GetDouble("mscale_all_dim", 0);
        double attention = scale != 0 && scaleAll != 0 ? AttentionOf(factor, scale) / AttentionOf(factor, scaleAll) : AttentionOf(factor, 1);
        return new YarnRotary(
            factor,
            ConfigurationBounds.GetPositive(scaling, "beta_fast", 32),
            ConfigurationBounds.GetPositive(scaling, "beta_slow", 1),
            original,
            ConfigurationBounds.GetPositive(scaling, "attention_factor", attention),
            scaling.GetBoolean("truncate", true),
            original < maximumPositions);
    }

    public override float[] Frequencies(RotarySettings settings, int length)
    {
        double low = PairOf(settings, BetaFast), high = PairOf(settings, BetaSlow);
        if (Truncate)
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        (low, high) = (Math.Max(low, 0), Math.Min(high, settings.HeadSize - 1));
        if (low == high)
            high += 0.001;

        float[] frequencies = new float[settings.HeadSize / 2];
        for (int i = 0; i < frequencies.Length; i++)
        {
            float power = settings.PowerOf(settings.Theta, i);
            float fast = 1f / power, slow = 1f / ((float)Factor * power);
            float keep = 1 - Math.Clamp((i - (float)low) / (float)(high - low), 0f, 1f);
            frequencies[i] = (slow * (1 - keep)) + (fast * keep);
        }

        return frequencies;
    }

    public override int MaximumLength(RotarySettings settings) =>
        Stretched ? settings.MaximumPositions : Stretch(settings.MaximumPositions, Factor);

    private static double AttentionOf(double factor, double scale) => factor <= 1 ? 1 : (0.1 * scale * Math.Log(factor)) + 1;

    // The (fractional) pair that turns so many times over the original context.
    private double PairOf(RotarySettings settings, double rotations) =>
        settings.HeadSize * Math.Log(Original / (rotations * 2 * Math.PI)) / (2 * Math.Log(settings.Theta));
}
