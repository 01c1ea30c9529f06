namespace Gate.Models.Blueprints.Positions;

/// <summary>A way to stretch rotary positions over longer contexts: <c>rope_type</c> in the configuration. One file per kind.</summary>
internal abstract record RotaryScaling
{
    /// <summary>Longest context there can be.</summary>
    public const int MaximumTokens = 1 << 28;

    /// <summary>What cosines and sines are multiplied by.</summary>
    public virtual double AttentionFactor => 1;

    /// <summary>Turns per position of each pair of values, Size / 2 of them.</summary>
    /// <param name="rotary">Head size and base.</param>
    /// <param name="length">Tokens of the whole sequence; only <see cref="DynamicRotary"/> looks at it.</param>
    public abstract float[] Frequencies(Rotary rotary, int length);

    /// <summary>The longest sequence, in tokens.</summary>
    public virtual int MaximumLength(Rotary rotary) => rotary.MaximumPositions;

    /// <summary>Sequences of one class turn alike; keys and values of one class fit no other.</summary>
    public virtual int LengthClass(Rotary rotary, int length) => 0;

    /// <summary>Whether <see cref="LengthClass"/> tells lengths apart.</summary>
    public virtual bool DependsOnLength => false;

    /// <summary>A context stretched by a factor, within what a position can be.</summary>
    protected static int Stretch(int positions, double factor) => (int)Math.Min(positions * factor, MaximumTokens);
}
