namespace Gate.Core.Verdicts.EarlyStopping;

/// <summary>
/// The predictable plug-in empirical Bernstein confidence sequence for the mean of observations in [0, 1] (Waudby-Smith and Ramdas 2024). For
/// plots and effect sizes while a run goes on; about twice as wide as a fixed-size interval, so no rule is decided by it.
/// </summary>
public sealed class EmpiricalBernsteinSequence(double level)
{
    private double _sum;
    private double _squares;
    private double _weights;
    private double _weighted;
    private double _variation;

    /// <summary>Observations so far.</summary>
    public int Observations { get; private set; }

    /// <summary>Weighted mean, the centre of the interval; ½ before the first observation.</summary>
    public double Centre => _weights > 0 ? _weighted / _weights : 0.5;

    /// <summary>Half width of the two-sided 1 − level interval.</summary>
    public double HalfWidth => _weights > 0 ? (Math.Log(2 / level) + _variation) / _weights : double.PositiveInfinity;

    /// <summary>Adds one observation in [0, 1].</summary>
    public void Add(double observation)
    {
        if (!(observation >= 0 && observation <= 1))
            throw new ArgumentOutOfRangeException(nameof(observation), observation, "expected a number from 0 to 1");
        int t = Observations + 1;
        double meanBefore = (0.5 + _sum) / t;
        double varianceBefore = (0.25 + _squares) / t;
        double bet = Math.Min(0.5, Math.Sqrt(2 * Math.Log(2 / level) / (varianceBefore * t * Math.Log(1 + t))));
        double distance = observation - meanBefore;
        _weights += bet;
        _weighted += bet * observation;
        _variation += 4 * distance * distance * (-Math.Log(1 - bet) - bet) / 4;
        _sum += observation;
        double meanNow = (0.5 + _sum) / (t + 1);
        _squares += (observation - meanNow) * (observation - meanNow);
        Observations = t;
    }
}
