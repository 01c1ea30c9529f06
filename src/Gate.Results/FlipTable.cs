namespace Gate.Results;

/// <summary>The paired outcomes of a task.</summary>
/// <param name="Kept">Right before and after.</param>
/// <param name="Forgotten">Right before, wrong now.</param>
/// <param name="Gained">Wrong before, right now.</param>
/// <param name="NeverKnown">Wrong before and after.</param>
public sealed record FlipTable(int Kept, int Forgotten, int Gained, int NeverKnown)
{
    /// <summary>Forgotten over all that was right before; 0 when nothing was.</summary>
    public double? ForgottenShare => Kept + Forgotten == 0 ? null : (double)Forgotten / (Kept + Forgotten);
}
