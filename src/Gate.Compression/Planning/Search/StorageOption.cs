using Gate.Compression.Recipes;
using Gate.Models.Structure;

namespace Gate.Compression.Planning.Search;

/// <summary>One way to store the layers of a unit.</summary>
/// <param name="Bits">Bits per kept weight, or null for 16 bit.</param>
/// <param name="GroupSize">Inputs that share a scale; null is one scale per output channel.</param>
/// <param name="Sparsity">Share of zeros; 0 with <paramref name="Pattern"/>.</param>
/// <param name="Pattern">N:M pattern, or null.</param>
public sealed record StorageOption(int? Bits, int? GroupSize, double Sparsity, NmPattern? Pattern)
{
    /// <summary>The layers as they are.</summary>
    public static StorageOption Dense { get; } = new(null, null, 0, null);

    /// <summary>For people: <c>25 % + 4 bit, group 64</c>.</summary>
    public string Name
    {
        get
        {
            string prune = Pattern is { } pattern ? $"{pattern.Zeros}:{pattern.Group}" : Sparsity > 0 ? $"{(decimal)Sparsity * 100:0.##} %" : "";
            string bits = Bits is null ? "" : $"{Bits} bit, {(GroupSize is { } size ? $"group {size}" : "per channel")}";
            return (prune, bits) switch
            {
                ("", "") => "16 bit",
                (_, "") => $"{prune} + 16 bit",
                ("", _) => bits,
                _ => $"{prune} + {bits}",
            };
        }
    }

    /// <summary>Whether the shapes of a layer allow it, with a share of zeros that is a whole number of weights in every row.</summary>
    public bool Fits(LinearLayer layer) =>
        (GroupSize is not { } size || layer.Inputs % size == 0)
        && (Pattern is not { } pattern || layer.Inputs % pattern.Group == 0)
        && decimal.IsInteger(layer.Inputs * (decimal)Sparsity);

    /// <summary>What it means for a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="methods">How weights are removed and rounded.</param>
    public PlannedLayer For(LinearLayer layer, PlanningMethods methods) => new(layer, PruneBy(methods.Prune), QuantizeBy(methods.Quantize));

    private PruningRecipe? PruneBy(string method) =>
        Pattern is null && Sparsity == 0 ? null
        : new PruningRecipe { Method = method, Sparsity = Pattern is null ? Sparsity : null, Pattern = Pattern };

    private QuantizationRecipe? QuantizeBy(string method) =>
        Bits is { } bits ? new QuantizationRecipe { Method = method, Bits = bits, GroupSize = GroupSize } : null;
}
