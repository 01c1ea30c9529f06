using Gate.Compression.Quantization;
using Gate.Compression.Recipes;
using Gate.Diagnostics;

namespace Gate.Compression.Planning;

/// <summary>Refuses a recipe that misses its budget, and says which single change would meet it. Comparisons are exact: nothing is rounded.</summary>
internal static class BudgetCheck
{
    private const int LeastBits = 2;
    private const int MostBits = 8;

    /// <summary>Checks a budget.</summary>
    /// <param name="budget">The budget.</param>
    /// <param name="size">Size of the recipe.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="measure">Size of a changed recipe; may refuse it.</param>
    /// <exception cref="GateException">Exit 2: the budget is not one (GATE4011) or is missed (GATE4010).</exception>
    public static void EnsureMet(Budget budget, PlanSize size, Recipe recipe, Func<Recipe, PlanSize> measure)
    {
        EnsureUsable(budget);
        if (Meets(budget, size))
            return;

        IEnumerable<IEnumerable<(string Text, Recipe Recipe)>> kinds = [FewerBits(recipe), MoreSparsity(budget, recipe), LargerGroups(recipe)];

        // The mildest change of each kind comes first; the first that helps is the advice.
        string[] changes = [.. kinds.SelectMany(kind => kind.Where(change => Meets(budget, change.Recipe, measure)).Take(1)).Select(change => change.Text)];
        Recipe smallest = Smallest(recipe);
        string floor = $"The floor of this scope at 2 bit and the same sparsity is {Describe(budget, measure(smallest))}";
        string remedy = changes.Length > 0
            ? $"Any of these would meet it: {string.Join("; ", changes)}. {floor}."
            : $"No single change of sparsity, bits or groups meets it. {floor}: compress more layers, change several settings, or relax the budget.";
        throw GateException.Usage("GATE4010", $"The recipe misses the budget: {Miss(budget, size)} ({RecipeText.Of(recipe)}).", remedy: remedy);
    }

    /// <summary>Checks that a budget sets exactly one limit, within its range.</summary>
    /// <exception cref="GateException">Exit 2 (GATE4011).</exception>
    public static void EnsureUsable(Budget budget)
    {
        int set = new[] { budget.CompressionRate is not null, budget.BitsPerWeight is not null, budget.Bytes is not null, budget.Ratio is not null }.Count(given => given);
        if (set != 1)
        {
            throw GateException.Usage(
                "GATE4011", $"budget: expected exactly one of compressionRate, bitsPerWeight, size and ratio, found {set}.", remedy: "Keep one of them.");
        }

        if (budget.CompressionRate is { } rate && !(rate >= 0 && rate < 1))
        {
            throw GateException.Usage(
                "GATE4011", $"budget.compressionRate: expected a share of at least 0 and below 1, found {rate:R}.",
                remedy: rate is >= 1 and < 100 ? $"For {rate:R} percent write {rate / 100:R}." : "Write a share such as 0.8125.");
        }

        if (budget.BitsPerWeight is { } bits && !(bits > 0 && bits <= 64))
        {
            throw GateException.Usage(
                "GATE4011", $"budget.bitsPerWeight: expected a number above 0 and at most 64, found {bits:R}.", remedy: "Write bits such as 4.5.");
        }

        if (budget.Ratio is { } ratio && !(ratio > 0 && ratio <= 1))
        {
            throw GateException.Usage(
                "GATE4011", $"budget.ratio: expected a share above 0 and at most 1, found {ratio:R}.",
                remedy: ratio is > 1 and <= 100 ? $"For {ratio:R} percent write {ratio / 100:R}." : "Write a share such as 0.3.");
        }

        if (budget.Bytes is <= 0)
            throw GateException.Usage("GATE4011", $"budget.size: expected at least one byte, found {budget.Bytes}.", remedy: "Write a size such as 1.5 GiB.");
    }

    private static bool Meets(Budget budget, PlanSize size)
    {
        if (budget.CompressionRate is { } rate)
            return size.KeptBits <= (1 - (decimal)rate) * 16 * size.Weights;
        if (budget.BitsPerWeight is { } bits)
            return size.LayerBits <= (decimal)bits * size.Weights;
        return size.FileBytes <= budget.MostBytes(size.DenseBytes)!.Value;
    }

    private static bool Meets(Budget budget, Recipe changed, Func<Recipe, PlanSize> measure)
    {
        try
        {
            return Meets(budget, measure(changed));
        }
        catch (GateException)
        {
            // A change that this model's shapes do not allow is no advice.
            return false;
        }
    }

    private static IEnumerable<(string Text, Recipe Recipe)> FewerBits(Recipe recipe)
    {
        if (recipe.Quantize is { Activations: not "exact" })
            yield break;
        if (recipe.Quantize is { } named && BlockMethod.Find(named.Method) is { } method)
        {
            foreach (BlockMethod other in BlockMethod.All.Where(other => other.Bits < method.Bits))
                yield return ($"method {other.Name}", recipe with { Quantize = named with { Method = other.Name, Bits = other.Bits } });
            yield break;
        }

        for (int bits = (recipe.Quantize?.Bits ?? MostBits + 1) - 1; bits >= LeastBits; bits--)
        {
            QuantizationRecipe quantize = recipe.Quantize is null
                ? new QuantizationRecipe { Method = "rtn", Bits = bits, Scope = recipe.Prune!.Scope }
                : recipe.Quantize with { Bits = bits, Grid = "integer" };
            string grid = recipe.Quantize is { Grid: not "integer" } ? " on the integer grid" : "";
            yield return (recipe.Quantize is null ? $"quantise to {bits} bit as well" : $"{bits} bit{grid}", recipe with { Quantize = quantize });
        }
    }

    private static IEnumerable<(string Text, Recipe Recipe)> MoreSparsity(Budget budget, Recipe recipe)
    {
        if (budget.CompressionRate is null || recipe.Prune is { Pattern: not null })
            yield break;
        for (int percent = 1; percent <= 95; percent++)
        {
            double sparsity = percent / 100.0;
            if (recipe.Prune is { } prune)
            {
                if (sparsity > prune.Sparsity)
                    yield return ($"sparsity {sparsity:R}", recipe with { Prune = prune with { Sparsity = sparsity } });
            }
            else
            {
                PruningRecipe added = new() { Method = "magnitude", Sparsity = sparsity, Scope = recipe.Quantize!.Scope };
                yield return ($"prune {percent} % as well", recipe with { Prune = added });
            }
        }
    }

    private static IEnumerable<(string Text, Recipe Recipe)> LargerGroups(Recipe recipe)
    {
        if (recipe.Quantize is not { GroupSize: { } size, Grid: not "mxfp4" } quantize)
            yield break;
        foreach (int factor in new[] { 2, 4 })
            yield return ($"group size {size * factor}", recipe with { Quantize = quantize with { GroupSize = size * factor } });
        yield return ("one scale per output row instead of groups", recipe with { Quantize = quantize with { GroupSize = null } });
    }

    private static Recipe Smallest(Recipe recipe) => recipe with
    {
        Quantize = (recipe.Quantize is { } quantize && BlockMethod.Find(quantize.Method) is null ? quantize : new QuantizationRecipe { Method = "rtn", Bits = LeastBits, Scope = (recipe.Quantize?.Scope ?? recipe.Prune?.Scope)! })
            with
        { Bits = LeastBits, GroupSize = null, Symmetric = true, Grid = "integer", Activations = "exact" },
    };

    private static string Miss(Budget budget, PlanSize size)
    {
        if (budget.CompressionRate is { } rate)
        {
            return $"expected a theoretical compression rate of at least {Text((decimal)rate)}, found {Text(size.CompressionRate)}, "
                + $"{Text((decimal)rate - size.CompressionRate)} short";
        }

        if (budget.BitsPerWeight is { } bits)
        {
            return $"expected at most {Text((decimal)bits)} real bits per weight, found {Text(size.BitsPerWeight)}, "
                + $"{Text(size.BitsPerWeight - (decimal)bits)} too many";
        }

        long most = budget.MostBytes(size.DenseBytes)!.Value;
        string share = budget.Ratio is { } ratio ? $" ({Text((decimal)ratio)} of {size.DenseBytes} dense ones)" : "";
        return $"expected at most {most} bytes{share}, found {size.FileBytes}, {size.FileBytes - most} too many";
    }

    private static string Describe(Budget budget, PlanSize size) =>
        budget.CompressionRate is not null ? $"a rate of {Text(size.CompressionRate)}"
        : budget.BitsPerWeight is not null ? $"{Text(size.BitsPerWeight)} bits per weight"
        : budget.Ratio is not null ? $"{size.FileBytes} bytes, a ratio of {Text(size.Ratio)}"
        : $"{size.FileBytes} bytes";

    private static string Text(decimal value) => value.ToString("0.############");
}
