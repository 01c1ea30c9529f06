namespace Gate.Models.Blueprints.Positions;

/// <summary>Position interpolation (Chen et al. 2023): every frequency is divided by the factor.</summary>
/// <param name="Factor">How many times longer the context became.</param>
internal sealed record LinearRotary(double Factor) : RotaryScaling
{
    public override float[] Frequencies(Rotary rotary, int length)
    {
        float[] frequencies = rotary.FrequenciesOf(rotary.Theta);
        for (int i = 0; i < frequencies.Length; i++)
            frequencies[i] /= (float)Factor;
        return frequencies;
    }

    // Configurations of this kind name the length before the stretch.
    public override int MaximumLength(Rotary rotary) => Stretch(rotary.MaximumPositions, Factor);
}
