using Gate.Models.Checkpoints;

namespace Gate.Models.Architectures.Positions;

/// <summary>Position interpolation (Chen et al. 2023): every frequency is divided by the factor.</summary>
/// <param name="Factor">How many times longer the context became.</param>
internal sealed record LinearRotary(double Factor) : RotaryScaling
{
    public static LinearRotary Read(ModelConfiguration scaling) => new(ReadFactor(scaling));

    public override float[] Frequencies(RotarySettings settings, int length)
    {
        float[] frequencies = settings.FrequenciesOf(settings.Theta);
        for (int i = 0; i < frequencies.Length; i++)
            frequencies[i] /= (float)Factor;
        return frequencies;
    }

    // Configurations of this kind name the length before the stretch.
    public override int MaximumLength(RotarySettings settings) => Stretch(settings.MaximumPositions, Factor);
}
