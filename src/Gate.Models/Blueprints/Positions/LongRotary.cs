using System.Collections.Immutable;

namespace Gate.Models.Blueprints.Positions;

/// <summary>
/// LongRoPE (Ding et al., 2024), as Phi-3 has it: a divisor for each frequency, one list for sequences within the original context and one for longer
/// ones, and cosines and sines multiplied by √(1 + ln(stretch) / ln(original)).
/// </summary>
/// <param name="Short">Divisors within the original context.</param>
/// <param name="Long">Divisors beyond it.</param>
/// <param name="Original">Context of the original training, tokens.</param>
/// <param name="Attention">What cosines and sines are multiplied by.</param>
internal sealed record LongRotary(ImmutableArray<float> Short, ImmutableArray<float> Long, int Original, double Attention) : RotaryScaling
{
    public override double AttentionFactor => Attention;

    public override bool DependsOnLength => true;

    public override float[] Frequencies(Rotary rotary, int length)
    {
        ImmutableArray<float> divisors = length > Original ? Long : Short;
        float[] frequencies = new float[rotary.Size / 2];
        for (int i = 0; i < frequencies.Length; i++)
            frequencies[i] = 1f / (divisors[i] * rotary.PowerOf(rotary.Theta, i));
        return frequencies;
    }

    // All longer sequences turn alike; the class is any length that is one.
    public override int LengthClass(Rotary rotary, int length) => length <= Original ? 0 : Original + 1;
}
