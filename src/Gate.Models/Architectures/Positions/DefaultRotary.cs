namespace Gate.Models.Architectures.Positions;

/// <summary>No scaling: frequency i is θ^(−2i/d).</summary>
internal sealed record DefaultRotary : RotaryScaling
{
    public override float[] Frequencies(RotarySettings settings, int length) => settings.FrequenciesOf(settings.Theta);
}
