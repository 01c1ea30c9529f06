using Gate.Models.Checkpoints;

namespace Gate.Models.Architectures.Positions;

/// <summary>Rotary position encoding as a configuration describes it (Su et al. 2021), half-split: value i of a head turns with value i + HeadSize / 2.</summary>
/// <param name="HeadSize">Values per head that are rotated; even.</param>
/// <param name="Theta">Base of the frequencies.</param>
/// <param name="MaximumPositions"><c>max_position_embeddings</c>.</param>
/// <param name="Scaling">How the frequencies are changed for longer contexts.</param>
internal sealed record RotarySettings(int HeadSize, double Theta, int MaximumPositions, RotaryScaling Scaling)
{
    private const double DefaultTheta = 10000;

    /// <summary>The longest sequence the configuration allows, in tokens.</summary>
    public int MaximumLength => Scaling.MaximumLength(this);

    /// <summary>Reads the old keys (<c>rope_theta</c>, <c>rope_scaling</c>) and the new one that holds both (<c>rope_parameters</c>).</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: an unknown scaling or a value out of range.</exception>
    public static RotarySettings Read(ModelConfiguration configuration, int headSize)
    {
        int positions = ConfigurationBounds.Require(configuration, "max_position_embeddings", ConfigurationBounds.MaximumTokens);
        ModelConfiguration? parameters = configuration.GetObject("rope_parameters");
        ModelConfiguration? scaling = parameters ?? configuration.GetObject("rope_scaling");
        double theta = parameters is null
            ? ConfigurationBounds.GetPositive(configuration, "rope_theta", DefaultTheta)
            : ConfigurationBounds.GetPositive(parameters, "rope_theta", ConfigurationBounds.GetPositive(configuration, "rope_theta", DefaultTheta));
        foreach (ModelConfiguration place in parameters is null ? [configuration] : new[] { configuration, parameters })
        {
            double partial = place.GetDouble("partial_rotary_factor", 1);
            if (partial != 1)
                throw ConfigurationBounds.Unsupported(place, "partial_rotary_factor", $"{partial}", "1 (this family rotates whole heads)");
        }

        return new RotarySettings(headSize, theta, positions, RotaryScaling.Of(scaling, positions));
    }

    /// <summary>The unscaled frequencies of a base, in the precision and order of the reference: θ^(2i/d) and its inverse in binary32.</summary>
    public float[] FrequenciesOf(double theta)
    {
        float[] frequencies = new float[HeadSize / 2];
        for (int i = 0; i < frequencies.Length; i++)
            frequencies[i] = 1f / PowerOf(theta, i);
        return frequencies;
    }

    /// <summary>θ^(2i/d), rounded to binary32 where the reference rounds.</summary>
    public float PowerOf(double theta, int pair) => (float)Math.Pow((float)theta, 2f * pair / HeadSize);
}
