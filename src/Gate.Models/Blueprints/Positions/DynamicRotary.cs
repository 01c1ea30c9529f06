namespace Gate.Models.Blueprints.Positions;

/// <summary>
/// Dynamic NTK scaling: beyond max_position_embeddings the base grows with the length n of the sequence at hand,
/// θ · (factor · n / max − (factor − 1))^(d / (d − 2)). Every length is a class of its own there: its keys fit no other length.
/// </summary>
/// <param name="Factor">How fast the base grows.</param>
internal sealed record DynamicRotary(double Factor) : RotaryScaling
{
    public override float[] Frequencies(Rotary rotary, int length)
    {
        if (length <= rotary.MaximumPositions || rotary.Size == 2)
            return rotary.FrequenciesOf(rotary.Theta);

        double growth = (Factor * length / rotary.MaximumPositions) - (Factor - 1);
        return rotary.FrequenciesOf(rotary.Theta * Math.Pow(growth, (double)rotary.Size / (rotary.Size - 2)));
    }

    public override bool DependsOnLength => true;

    // The base is defined for every length; nothing in the configuration bounds it.
    public override int MaximumLength(Rotary rotary) => MaximumTokens;

    public override int LengthClass(Rotary rotary, int length) => length <= rotary.MaximumPositions ? 0 : length;
}
