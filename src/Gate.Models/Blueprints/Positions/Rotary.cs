namespace Gate.Models.Blueprints.Positions;

/// <summary>Which values of a head turn together.</summary>
internal enum RotaryPairing
{
    /// <summary>Value i with value i + Size / 2.</summary>
    Halves,

    /// <summary>Value 2i with value 2i + 1.</summary>
    Neighbours,
}

/// <summary>Rotary position encoding (Su et al., 2021) over the first values of every head.</summary>
/// <param name="Size">Values per head that are rotated; even.</param>
/// <param name="Theta">Base of the frequencies.</param>
/// <param name="MaximumPositions"><c>max_position_embeddings</c>.</param>
/// <param name="Scaling">How the frequencies are changed for longer contexts.</param>
internal sealed record Rotary(int Size, double Theta, int MaximumPositions, RotaryScaling Scaling) : Positions
{
    /// <summary>Which values turn together.</summary>
    public RotaryPairing Pairing { get; init; }

    /// <summary>The longest sequence the configuration allows, in tokens.</summary>
    public int MaximumLength => Scaling.MaximumLength(this);

    /// <summary>The unscaled frequencies of a base, in the precision and order of the reference: θ^(2i/d) and its inverse in binary32.</summary>
    public float[] FrequenciesOf(double theta)
    {
        float[] frequencies = new float[Size / 2];
        for (int i = 0; i < frequencies.Length; i++)
            frequencies[i] = 1f / PowerOf(theta, i);
        return frequencies;
    }

    /// <summary>θ^(2i/d), rounded to binary32 where the reference rounds.</summary>
    public float PowerOf(double theta, int pair) => (float)Math.Pow((float)theta, 2f * pair / Size);
}
