namespace Gate.Models.Blueprints.Positions;

/// <summary>
/// Llama 3.1's scaling: waves longer than original / low are slowed by the factor, waves shorter than original / high stay, and those between
/// are blended.
/// </summary>
/// <param name="Factor">How many times longer the context became.</param>
/// <param name="Low"><c>low_freq_factor</c>.</param>
/// <param name="High"><c>high_freq_factor</c>.</param>
/// <param name="Original"><c>original_max_position_embeddings</c>, tokens.</param>
internal sealed record Llama3Rotary(double Factor, double Low, double High, int Original) : RotaryScaling
{
    public override float[] Frequencies(Rotary rotary, int length)
    {
        float[] frequencies = rotary.FrequenciesOf(rotary.Theta);
        float longest = (float)(Original / Low), shortest = (float)(Original / High);
        for (int i = 0; i < frequencies.Length; i++)
        {
            float frequency = frequencies[i], wave = (float)(2 * Math.PI) / frequency;
            if (wave > longest)
            {
                frequencies[i] = frequency / (float)Factor;
            }
            else if (wave >= shortest)
            {
                float smooth = ((Original / wave) - (float)Low) / (float)(High - Low);
                frequencies[i] = ((1 - smooth) * frequency / (float)Factor) + (smooth * frequency);
            }
        }

        return frequencies;
    }
}
