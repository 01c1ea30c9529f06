using Gate.Core.Verdicts.Rules;

namespace Gate.Core.Verdicts.EarlyStopping;

/// <summary>
/// Watches a run and says when its verdict cannot be in doubt any more. Valid however often one looks, provided that the clusters, and the items within
/// each, come in a seeded random order fixed before the run, never the informative ones first; <see cref="EarlyDesign"/> says why.
/// </summary>
public sealed class EarlyStoppingEngine
{
    private readonly EarlyContrast[] _contrasts;
    private readonly EarlyStoppingOptions _options;
    private readonly double _level;
    private readonly int _rules;

    /// <summary>Starts watching.</summary>
    /// <param name="rules">The rules that can be decided early.</param>
    /// <param name="allRules">Number of all configured thresholds: rules that cannot be decided early (Sr, SrCr, perplexity) prevent an early pass,
    /// and all of them share the error probability of a failure.</param>
    /// <param name="confidence">One-sided confidence of the decision.</param>
    /// <param name="options">How α is shared, or null for the defaults.</param>
    /// <exception cref="ArgumentException">A rule's metric cannot be decided early, or a share is outside (0, 1].</exception>
    public EarlyStoppingEngine(IReadOnlyList<EarlyRule> rules, int allRules, double confidence, EarlyStoppingOptions? options = null)
    {
        foreach (EarlyRule rule in rules)
        {
            if (!CanDecide(rule.Threshold))
                throw new ArgumentException($"{rule.Threshold.Key} cannot be decided early", nameof(rules));
        }

        _options = options ?? new EarlyStoppingOptions();
        if (!(_options.PassShare > 0 && _options.PassShare <= 1 && _options.FailShare > 0 && _options.FailShare <= 1) || allRules < rules.Count)
            throw new ArgumentException("the shares of the error probability must lie in (0, 1], and there cannot be fewer rules than early ones", nameof(options));
        _contrasts = [.. rules.Select(rule => new EarlyContrast(rule))];
        _rules = allRules;
        _level = 1 - confidence;
    }

    /// <summary>Items seen so far.</summary>
    public int Items { get; private set; }

    /// <summary>Whether a threshold's evidence is a bounded mean over items.</summary>
    public static bool CanDecide(Threshold threshold) =>
        threshold.Metric == RuleMetrics.MaxForgotten ? threshold.Limit is > 0 and < 1
        : threshold.Metric == RuleMetrics.Retention && threshold.Task is not null && threshold.Limit is > 0 and < 1;

    /// <summary>Takes in one step and says what is known now. A rule about a task looks at that task's cluster, a rule about the suite at all of them.</summary>
    /// <param name="round">The step; a rule whose design has a stratum that is missing here does not look.</param>
    /// <exception cref="ArgumentException">A cluster or pass is not part of a rule's design.</exception>
    public EarlyDecision Observe(EarlyRound round)
    {
        Items += round.NewItems;
        foreach (EarlyContrast contrast in _contrasts)
            contrast.Observe(round);
        return Decision;
    }

    /// <summary>Takes in an item without a cluster, in the only pass.</summary>
    /// <param name="task">Name of the task.</param>
    /// <param name="item">The item.</param>
    public EarlyDecision Observe(string task, PairedItem item) => Observe(new EarlyRound(0, [new EarlyCluster(task, 1, [item])], 1));

    /// <summary>What is known now.</summary>
    public EarlyDecision Decision
    {
        get
        {
            if (Items < _options.MinimumItems)
                return EarlyDecision.Continue;
            double fail = EarlyLimits.Fail(_level, _options, _rules, _contrasts.Select(contrast => contrast.Holds));
            if (Array.Exists(_contrasts, contrast => contrast.Breached >= fail))
                return EarlyDecision.Fail;
            return _contrasts.Length == _rules && _rules > 0
                && Array.TrueForAll(_contrasts, contrast => contrast.Holds >= EarlyLimits.Pass(_level, _options))
                ? EarlyDecision.Pass
                : EarlyDecision.Continue;
        }
    }

    /// <summary>The evidence for the verdict.</summary>
    /// <param name="stopped">Whether items were left unseen.</param>
    public EarlyOutcome Outcome(bool stopped) => new(
        stopped, Items, [.. _contrasts.Select(contrast => new EarlyEvidence(contrast.Threshold.Key, contrast.Holds, contrast.Breached))], _options);
}
