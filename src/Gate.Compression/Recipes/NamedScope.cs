using System.Collections.Immutable;
using Gate.Models.Blueprints;

namespace Gate.Compression.Recipes;

/// <summary>A kind of scope: what configurations and reports call it, and which layers it means.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">As configurations write it.</param>
/// <param name="Description">As sentences say it.</param>
public sealed record NamedScope(ScopeKind Kind, string Name, string Description)
{
    // Their scripts count the attention's output projection among the "output" layers: its module is called dense.
    private static readonly ImmutableArray<string> BertKin = ["bert", "roberta", "xlm-roberta", "camembert", "electra"];

    /// <summary>All kinds.</summary>
    public static ImmutableArray<NamedScope> All { get; } =
    [
        new(ScopeKind.All, "all", "all linear layers"),
        new(ScopeKind.Attention, "attention", "attention layers"),
        new(ScopeKind.FeedForward, "ffn", "feed-forward layers"),
        new(ScopeKind.FinalDense, "final-dense", "final dense layer"),
        new(ScopeKind.CostOfCompressionAttention, "cost-of-compression-attention", "attention layers as \"The Cost of Compression\" draws them"),
        new(ScopeKind.CostOfCompressionFeedForward, "cost-of-compression-ffn", "feed-forward layers as \"The Cost of Compression\" draws them"),
    ];

    /// <summary>The scope of a kind.</summary>
    public static NamedScope Of(ScopeKind kind) => All.First(scope => scope.Kind == kind);

    /// <summary>The scope of a name, or null.</summary>
    public static NamedScope? Find(string name) => All.FirstOrDefault(scope => scope.Name == name);

    /// <summary>Whether it has the layers of a role in a model of a family.</summary>
    public bool Has(LinearRole role, string family)
    {
        bool attention = role is LinearRole.AttentionQuery or LinearRole.AttentionKey or LinearRole.AttentionValue or LinearRole.AttentionOutput or LinearRole.AttentionQueryKeyValue;
        bool feedForward = role is LinearRole.FeedForwardGate or LinearRole.FeedForwardUp or LinearRole.FeedForwardDown or LinearRole.FeedForwardGateUp;
        bool moved = role == LinearRole.AttentionOutput && BertKin.Contains(family);
        return Kind switch
        {
            ScopeKind.All => role != LinearRole.FinalDense,
            ScopeKind.Attention => attention,
            ScopeKind.FeedForward => feedForward,
            ScopeKind.CostOfCompressionAttention => attention && !moved,
            ScopeKind.CostOfCompressionFeedForward => feedForward || moved,
            _ => role == LinearRole.FinalDense,
        };
    }
}
