namespace Gate.Models.Inference.Scoring;

/// <summary>Most tokens of one forward pass: halved, for good, when a device's memory is too small for it.</summary>
/// <param name="tokens">Tokens at first, at least 1.</param>
internal sealed class BatchLimit(int tokens)
{
    /// <summary>Tokens.</summary>
    public int Tokens { get; private set; } = tokens;

    /// <summary>Halves it; false when it is one token already.</summary>
    public bool Halve()
    {
        if (Tokens == 1)
            return false;
        Tokens /= 2;
        return true;
    }
}
