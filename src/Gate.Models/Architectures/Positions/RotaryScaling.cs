using Gate.Models.Checkpoints;

namespace Gate.Models.Architectures.Positions;

/// <summary>A way to stretch rotary positions over longer contexts: <c>rope_type</c> in the configuration. One file per kind.</summary>
internal abstract record RotaryScaling
{
    /// <summary>What cosines and sines are multiplied by.</summary>
    public virtual double AttentionFactor => 1;

    /// <summary>Turns per position of each pair of values, HeadSize / 2 of them.</summary>
    /// <param name="settings">Head size and base.</param>
    /// <param name="length">Tokens of the whole sequence; only <see cref="DynamicRotary"/> looks at it.</param>
    public abstract float[] Frequencies(RotarySettings settings, int length);

    /// <summary>The longest sequence, in tokens.</summary>
    public virtual int MaximumLength(RotarySettings settings) => settings.MaximumPositions;

    /// <summary>Sequences of one class turn alike; see <see cref="IDecoder.LengthClass"/>.</summary>
    public virtual int LengthClass(RotarySettings settings, int length) => 0;

    /// <summary>Whether <see cref="LengthClass"/> tells lengths apart.</summary>
    public virtual bool DependsOnLength => false;

    /// <summary>Reads <c>rope_scaling</c> or <c>rope_parameters</c>.</summary>
    /// <param name="scaling">The object, or null for no scaling.</param>
    /// <param name="maximumPositions"><c>max_position_embeddings</c>.</param>
    public static RotaryScaling Of(ModelConfiguration? scaling, int maximumPositions)
    {
        // "type" is the key of configurations written before 2024.
        string kind = scaling?.GetString("rope_type") ?? scaling?.GetString("type") ?? "default";
        return (kind, scaling) switch
        {
            ("default", _) => new DefaultRotary(),
            ("linear", not null) => LinearRotary.Read(scaling),
            ("dynamic", not null) => DynamicRotary.Read(scaling),
            ("llama3", not null) => Llama3Rotary.Read(scaling),
            ("yarn", not null) => YarnRotary.Read(scaling, maximumPositions),
            _ => throw ConfigurationBounds.Unsupported(scaling!, "rope_type", $"'{kind}'", "default, linear, dynamic, llama3 or yarn"),
        };
    }

    /// <summary>The <c>factor</c>, at least 1; required unless <paramref name="implied"/> says what it must be.</summary>
    protected static double ReadFactor(ModelConfiguration scaling, double implied = 0)
    {
        double factor = scaling.GetDouble("factor", implied);
        return factor >= 1 && factor <= ConfigurationBounds.MaximumTokens
            ? factor
            : throw ConfigurationBounds.Unsupported(scaling, "factor", factor == 0 ? "absent or 0" : $"{factor}", "a number of at least 1");
    }

    /// <summary>A context stretched by a factor, within what a position can be.</summary>
    protected static int Stretch(int positions, double factor) => (int)Math.Min(positions * factor, ConfigurationBounds.MaximumTokens);
}
