namespace Gate.Models.Blueprints.Positions;

/// <summary>No scaling: frequency i is θ^(−2i/d).</summary>
internal sealed record DefaultRotary : RotaryScaling
{
    public override float[] Frequencies(Rotary rotary, int length) => rotary.FrequenciesOf(rotary.Theta);
}
