using Gate.Models.Checkpoints;

namespace Gate.Models.Architectures.Positions;

/// <summary>
/// Dynamic NTK scaling: beyond max_position_embeddings the base grows with the length n of the sequence at hand,
/// θ · (factor · n / max − (factor − 1))^(d / (d − 2)). Every length is a class of its own there: its keys fit no other length.
/// </summary>
/// <param name="Factor">How fast the base grows.</param>
internal sealed record DynamicRotary(double Factor) : RotaryScaling
{
    public static DynamicRotary Read(ModelConfiguration scaling) => new(ReadFactor(scaling));

    public override float[] Frequencies(RotarySettings settings, int length)
    {
        if (length <= settings.MaximumPositions || settings.HeadSize == 2)
            return settings.FrequenciesOf(settings.Theta);

        double growth = (Factor * length / settings.MaximumPositions) - (Factor - 1);
        return settings.FrequenciesOf(settings.Theta * Math.Pow(growth, (double)settings.HeadSize / (settings.HeadSize - 2)));
    }

    public override bool DependsOnLength => true;

    // The base is defined for every length; nothing in the configuration bounds it.
    public override int MaximumLength(RotarySettings settings) => ConfigurationBounds.MaximumTokens;

    public override int LengthClass(RotarySettings settings, int length) => length <= settings.MaximumPositions ? 0 : length;
}
