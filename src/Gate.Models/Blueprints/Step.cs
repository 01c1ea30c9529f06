using System.Collections.Immutable;

namespace Gate.Models.Blueprints;

/// <summary>A branch of a step: behind(module(before(x))).</summary>
/// <param name="Module">The module.</param>
/// <param name="Before">Norm of its input, or null.</param>
/// <param name="Behind">Norm of its output, or null.</param>
internal sealed record Branch(Module Module, Norm? Before = null, Norm? Behind = null);

/// <summary>
/// x ← after(base + scale · Σ branches(x)), where the base is x, or what the norm of the first branch made of it. This one formula is pre-norm, post-norm
/// (BERT), a norm on both sides (Gemma 2), behind only (OLMo 2), parallel branches (GPT-NeoX, Phi, Cohere), BLOOM's residual behind the norm and Granite's scales.
/// </summary>
/// <param name="Branches">At least one.</param>
internal sealed record Step(ImmutableArray<Branch> Branches)
{
    /// <summary>Norm of the sum, or null.</summary>
    public Norm? After { get; init; }

    /// <summary>What every branch is multiplied by.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>Whether the base is what the first branch's norm made of x.</summary>
    public bool FromNormed { get; init; }

    /// <summary>x + module(norm(x)).</summary>
    public static Step PreNorm(Norm norm, Module module) => new([new Branch(module, norm)]);

    /// <summary>norm(x + module(x)).</summary>
    public static Step PostNorm(Module module, Norm norm) => new([new Branch(module)]) { After = norm };

    /// <summary>x + behind(module(before(x))).</summary>
    public static Step Sandwich(Norm? before, Module module, Norm behind) => new([new Branch(module, before, behind)]);
}
