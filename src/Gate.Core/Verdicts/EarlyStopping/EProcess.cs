namespace Gate.Core.Verdicts.EarlyStopping;

/// <summary>
/// Evidence about the sign of a bounded mean that may be looked at after every observation: two betting martingales, one against "mean ≤ 0", one
/// against "mean ≥ 0" (Ville's inequality: each stays below 1/α for ever with probability 1 − α under its hypothesis). The bets are
/// fixed in advance; each side averages several sizes m · δ / (v + δ²), cut off so that no observation can ruin it.
/// </summary>
public sealed class EProcess
{
    private readonly double _lowest;
    private readonly double _highest;
    private readonly double[] _betsUp;
    private readonly double[] _betsDown;
    private readonly double[] _logUp;
    private readonly double[] _logDown;

    /// <summary>Bet sizes as multiples of the best one for the planned mean.</summary>
    public static IReadOnlyList<double> DefaultMultiples { get; } = [0.25, 0.5, 1, 2];

    /// <summary>Starts without evidence.</summary>
    /// <param name="plannedMean">δ: the mean expected of a loss-free candidate, positive; from a prior, never from the running data.</param>
    /// <param name="priorVariance">v: expected variance of an observation, positive.</param>
    /// <param name="lowest">Smallest possible observation, negative.</param>
    /// <param name="highest">Largest possible observation, positive.</param>
    /// <param name="multiplesUp">Bet sizes against "mean ≤ 0" as multiples; null for <see cref="DefaultMultiples"/>.</param>
    /// <param name="multiplesDown">Bet sizes against "mean ≥ 0"; null for <see cref="DefaultMultiples"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is not finite or has the wrong sign.</exception>
    public EProcess(
        double plannedMean, double priorVariance, double lowest, double highest, IReadOnlyList<double>? multiplesUp = null,
        IReadOnlyList<double>? multiplesDown = null)
    {
        Require(plannedMean, plannedMean > 0, nameof(plannedMean));
        Require(priorVariance, priorVariance > 0, nameof(priorVariance));
        Require(lowest, lowest < 0, nameof(lowest));
        Require(highest, highest > 0, nameof(highest));
        _lowest = lowest;
        _highest = highest;
        double best = plannedMean / (priorVariance + (plannedMean * plannedMean));
        _betsUp = [.. (multiplesUp ?? DefaultMultiples).Select(multiple => Math.Min(multiple * best, 0.9 / -lowest))];
        _betsDown = [.. (multiplesDown ?? DefaultMultiples).Select(multiple => Math.Min(multiple * best, 0.9 / highest))];
        _logUp = new double[_betsUp.Length];
        _logDown = new double[_betsDown.Length];
    }

    /// <summary>Observations so far.</summary>
    public int Observations { get; private set; }

    /// <summary>ln W⁺, evidence that the mean is above 0.</summary>
    public double LogAbove => LogMean(_logUp);

    /// <summary>ln W⁻, evidence that the mean is below 0.</summary>
    public double LogBelow => LogMean(_logDown);

    /// <summary>Bets on one observation.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The observation lies outside the bounds: the guarantee would be void.</exception>
    public void Add(double observation)
    {
        const double rounding = 1e-9;
        Require(observation, observation >= _lowest - rounding && observation <= _highest + rounding, nameof(observation));
        Observations++;
        for (int i = 0; i < _betsUp.Length; i++)
            _logUp[i] += Math.Log(1 + (_betsUp[i] * observation));
        for (int i = 0; i < _betsDown.Length; i++)
            _logDown[i] += Math.Log(1 - (_betsDown[i] * observation));
    }

    private static double LogMean(double[] logs)
    {
        double largest = logs.Max();
        double sum = 0;
        foreach (double log in logs)
            sum += Math.Exp(log - largest);
        return largest + Math.Log(sum / logs.Length);
    }

    private static void Require(double value, bool holds, string name)
    {
        if (!holds || !double.IsFinite(value))
            throw new ArgumentOutOfRangeException(name, value, "the value is not finite or out of range");
    }
}
