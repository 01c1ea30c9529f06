using Gate.Diagnostics;

namespace Gate.Compression.Recipes;

/// <summary>What is taken out of the model as a whole before anything else, as configured; the candidate is a smaller model of the same family.</summary>
/// <param name="Blocks">Number of blocks, those with the least block influence.</param>
/// <param name="Experts">Share of the experts of every mixture, those with the least router-weighted activation.</param>
public sealed record RemovalRecipe(int Blocks, double Experts)
{
    /// <summary>Checks what does not depend on the model.</summary>
    /// <exception cref="GateException">Exit 2 (GATE4162).</exception>
    public void EnsureValid()
    {
        if (Blocks < 0 || !(Experts >= 0 && Experts < 1) || (Blocks == 0 && Experts == 0))
        {
            throw GateException.Usage(
                "GATE4162", $"recipe.remove: expected \"blocks\" of at least 1, \"experts\" as a share above 0 and below 1, or both, found {Blocks} and {Experts:R}.",
                remedy: "Write \"remove\": { \"blocks\": 2 } or \"remove\": { \"experts\": 0.25 }.");
        }
    }
}
