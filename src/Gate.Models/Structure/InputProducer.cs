using System.Collections.Immutable;
using Gate.Models.Blueprints;

namespace Gate.Models.Structure;

/// <summary>
/// What makes the input of a group of linear layers, where its features can be scaled: dividing the values of feature i in every one of its tensors by s
/// divides feature i of the input by s and changes nothing else. A group without such a producer (grouped-query attention before the output projection,
/// a norm that also is the residual) has none.
/// </summary>
/// <param name="InputGroup">The <see cref="LinearLayer.InputGroup"/> of the layers that read the input.</param>
/// <param name="Tensors">A norm's weight (and bias), or a linear layer's weight and bias; the first decides what a scale becomes in its element format.</param>
/// <param name="Layer">Name of the linear layer that makes the input, or null when a norm does.</param>
/// <param name="InspectedGroup">The input group of the linear layer that ends the module of the group (attention, feed-forward), or null when the group's
/// layers are a module of their own.</param>
public sealed record InputProducer(string InputGroup, ImmutableArray<string> Tensors, string? Layer, string? InspectedGroup)
{
    /// <summary>The rows of the layer that make the features, in order, or null where all of them do; a fused layer makes other things with the others.</summary>
    public RowPattern? Rows { get; init; }

    /// <summary>Added to the norm's weight before it multiplies (1 where the difference from 1 is stored).</summary>
    public float WeightOffset { get; init; }

    /// <summary>The row of the layer that makes a feature.</summary>
    public int RowOf(int feature) => Rows?.RowOf(feature) ?? feature;
}

/// <summary>Finds the producers of a blueprint.</summary>
internal static class InputProducers
{
    /// <summary>The producers in the order of the forward pass, each group once; groups whose input features cannot be scaled are missing.</summary>
    public static ImmutableArray<InputProducer> Of(Blueprint blueprint)
    {
        // A part that is used several times cannot be scaled for one of its uses.
        PlacedStep[] steps = [.. BlueprintWalk.Steps(blueprint)];
        HashSet<string> repeated = [.. steps.SelectMany(placed => placed.Step.Branches).SelectMany(branch => BlueprintWalk.Linears(branch.Module).Select(linear => linear.Matrix.Tensor).Distinct())
            .GroupBy(tensor => tensor, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key)];
        return
        [
            .. steps.SelectMany(placed => OfStep(placed.Step, repeated)).DistinctBy(producer => producer.InputGroup),
        ];
    }

    private static IEnumerable<InputProducer> OfStep(Step step, HashSet<string> repeated)
    {
        foreach ((Branch branch, string input) in InputGroups.Of(step))
        {
            // What else reads the norm's output would see it scaled: the residual, a router.
            bool shared = step.Branches.Count(other => other.Before == branch.Before) > 1;
            bool read = step.FromNormed || step.Branches.Any(other => other.Before == branch.Before && other.Module is Experts);
            if (branch.Before is { } norm && !read && !BlueprintWalk.Linears(branch.Module).Any(linear => repeated.Contains(linear.Matrix.Tensor)))
            {
                yield return new(input, norm.Bias is { } bias ? [norm.Weight.Name, bias.Name] : [norm.Weight.Name], null, shared ? null : InputGroups.EndOf(branch.Module))
                {
                    WeightOffset = norm.WeightOffset,
                };
            }

            foreach (InputProducer producer in OfModule(branch.Module))
            {
                if (!repeated.Contains(producer.Tensors[0]))
                    yield return producer;
            }
        }
    }

    private static IEnumerable<InputProducer> OfModule(Module module)
    {
        switch (module)
        {
            // Heads that share values also share their scales, so the outputs of the values are no longer the inputs of the output projection one to one.
            case Attention attention when attention.Heads == attention.KeyValueHeads:
                yield return Linear(InputGroups.OutputOf(attention), attention.Value);
                break;
            case FeedForward { Activation: Activation.ClampedSwiGlu }:
                break;
            case FeedForward feedForward when feedForward.Gate is not null || feedForward.Activation == Activation.Relu:
                yield return Linear(InputGroups.OutputOf(feedForward), feedForward.Up);
                break;
            case Experts experts:
                foreach (InputProducer producer in experts.Each.Append(experts.Shared).OfType<FeedForward>().SelectMany(OfModule))
                    yield return producer;
                break;
        }
    }

    private static InputProducer Linear(string group, Linear linear)
    {
        ImmutableArray<string> tensors = linear.Bias is { } bias ? [linear.Matrix.Tensor, bias.Name] : [linear.Matrix.Tensor];
        return new(group, tensors, linear.Matrix.Module, null) { Rows = linear.Rows };
    }
}
