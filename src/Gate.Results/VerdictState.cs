namespace Gate.Results;

/// <summary>The four states of a rule, and of the verdict.</summary>
public enum VerdictState
{
    /// <summary>Shown to hold.</summary>
    Pass,

    /// <summary>Shown to be breached.</summary>
    Fail,

    /// <summary>Neither shown to hold nor to be breached.</summary>
    Inconclusive,

    /// <summary>Could not be evaluated: never a pass.</summary>
    NotMeasured,
}
