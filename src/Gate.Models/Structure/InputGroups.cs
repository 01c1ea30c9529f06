using Gate.Models.Blueprints;

namespace Gate.Models.Structure;

/// <summary>
/// Names the inputs of linear layers: layers that read the same values are one group and share calibration statistics. The names are keys of journals;
/// changing one makes interrupted work start anew.
/// </summary>
internal static class InputGroups
{
    /// <summary>The branches of a step with the group of their input. Branches behind one norm read the same values.</summary>
    public static IEnumerable<(Branch Branch, string Input)> Of(Step step) =>
        step.Branches.Select(branch => (branch, InputOf(step.Branches.First(other => other.Before == branch.Before).Module)));

    /// <summary>The input of a module.</summary>
    public static string InputOf(Module module) => $"{Stem(module)}.input";

    /// <summary>What an attention reads of the encoder.</summary>
    public static string MemoryOf(Attention attention) => $"{Stem(attention)}.memory";

    /// <summary>The input of the layer that ends a module.</summary>
    public static string OutputOf(Module module) => $"{Stem(module)}.output";

    /// <summary>The input of the layer that ends a branch, or null where it ends in several.</summary>
    public static string? EndOf(Module module) => module is Experts ? null : OutputOf(module);

    private static string Stem(Module module)
    {
        string first = BlueprintWalk.Linears(module).First().Matrix.Module;
        return first[..first.LastIndexOf('.')];
    }
}
