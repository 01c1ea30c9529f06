using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Gate.Diagnostics;
using Gate.Models.Blueprints;
using Gate.Models.Checkpoints;

namespace Gate.Models.Structure;

/// <summary>
/// A model without some blocks or experts, over the same files: the configuration says the smaller numbers, and tensors have the names that it gives them.
/// Names follow from laying the two blueprints side by side; no family knows of it.
/// </summary>
internal static class ReducedModel
{
    // What configurations call the number of blocks and of experts, and lists with one entry for each block.
    private static readonly string[] BlockKeys = ["num_hidden_layers", "n_layer", "n_layers", "num_layers"];
    private static readonly string[] ExpertKeys = ["num_local_experts", "num_experts"];
    private static readonly string[] ListKeys = ["layer_types", "no_rope_layers"];

    /// <summary>The configuration of what stays.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="blueprint">The whole model.</param>
    /// <param name="removed">What goes.</param>
    /// <exception cref="GateException">Exit 2 (GATE4162): a model whose configuration has no such number.</exception>
    public static ModelConfiguration Configuration(ModelConfiguration configuration, Blueprint blueprint, RemovedParts removed)
    {
        JsonObject root = JsonNode.Parse(configuration.Root.GetRawText())!.AsObject();
        JsonObject text = root["text_config"] is JsonObject part && part.ContainsKey("model_type") && !BlockKeys.Any(root.ContainsKey) ? part : root;
        ImmutableArray<ImmutableArray<Step>> blocks = BlocksOf(blueprint);
        if (!removed.Blocks.IsEmpty)
        {
            text[KeyOf(text, BlockKeys, "blocks", blueprint)] = blocks.Length - removed.Blocks.Length;
            foreach (string key in ListKeys)
            {
                if (text[key] is JsonArray list && list.Count == blocks.Length)
                    text[key] = new JsonArray([.. list.Where((_, block) => !removed.Blocks.Contains(block)).Select(item => item?.DeepClone())]);
            }
        }

        if (!removed.Experts.IsEmpty)
        {
            int experts = blocks.Select(MixtureOf).OfType<Experts>().First().Each.Length;
            text[KeyOf(text, ExpertKeys, "experts", blueprint)] = experts - removed.Experts.Values.First().Length;
        }

        return ModelConfiguration.Parse(configuration.Path, Encoding.UTF8.GetBytes(root.ToJsonString()));
    }

    /// <summary>The tensors of what stays, under their new names.</summary>
    /// <param name="checkpoint">The whole model.</param>
    /// <param name="configuration">What <see cref="Configuration"/> gave.</param>
    /// <param name="whole">The whole model.</param>
    /// <param name="reduced">The blueprint of that configuration.</param>
    /// <param name="removed">What goes.</param>
    /// <exception cref="GateException">Exit 2 (GATE4162): blocks that the configuration cannot describe once others are gone.</exception>
    public static Checkpoint Present(Checkpoint checkpoint, ModelConfiguration configuration, Blueprint whole, Blueprint reduced, RemovedParts removed)
    {
        ImmutableArray<ImmutableArray<Step>> all = BlocksOf(whole), left = BlocksOf(reduced);
        int[] kept = [.. Enumerable.Range(0, all.Length).Where(block => !removed.Blocks.Contains(block))];
        if (kept.Length != left.Length)
            throw CannotRemove($"the configuration of {whole.Family} models does not say how many blocks there are");
        Dictionary<string, string> nameOf = new(StringComparer.Ordinal);
        Dictionary<string, ImmutableArray<int>> rowsOf = new(StringComparer.Ordinal);
        foreach ((int block, ImmutableArray<Step> steps) in kept.Zip(left))
        {
            ImmutableArray<int> gone = removed.Experts.GetValueOrDefault(block, []);
            ImmutableArray<Step> expected = [.. all[block].Select(step => Without(step, gone))];
            string[] from = [.. TensorLayout.Of(expected).Select(tensor => tensor.Name)], to = [.. TensorLayout.Of(steps).Select(tensor => tensor.Name)];
            if (from.Length != to.Length)
                throw CannotRemove($"block {block} has {from.Length} tensors, but at its new place the configuration gives it {to.Length}");
            foreach ((string old, string name) in from.Zip(to))
                nameOf.Add(old, name);
            if (ArithmeticText.DifferenceBesidesNames(expected, steps) is { } difference)
                throw CannotRemove($"block {block} would compute otherwise at its new place: {difference}");
            if (MixtureOf(all[block]) is { } experts && !gone.IsEmpty)
            {
                ImmutableArray<int> rows = [.. Enumerable.Range(0, experts.Each.Length).Except(gone)];
                rowsOf.Add(experts.Router.Matrix.Tensor, rows);
                if (experts.Router.Bias is { } bias)
                    rowsOf.Add(bias.Name, rows);
            }
        }

        HashSet<string> dropped = [.. all.SelectMany(TensorLayout.Of).Select(tensor => tensor.Name).Where(name => !nameOf.ContainsKey(name))];
        return checkpoint.Without(configuration, dropped, nameOf, rowsOf);
    }

    /// <summary>The refusal of a model that nothing can be taken out of.</summary>
    public static GateException CannotRemove(string reason) => GateException.Usage(
        "GATE4162", $"recipe.remove: {reason}.", remedy: "Remove other blocks or experts, or prune heads and neurons instead, which leave every block in its place.");

    /// <summary>The experts of a block, or null.</summary>
    public static Experts? MixtureOf(ImmutableArray<Step> block) => block.SelectMany(step => step.Branches).Select(branch => branch.Module).OfType<Experts>().FirstOrDefault();

    /// <summary>The blocks of a model of one stack.</summary>
    public static ImmutableArray<ImmutableArray<Step>> BlocksOf(Blueprint blueprint)
    {
        if (blueprint.Kind == ModelKind.EncoderDecoder)
            throw CannotRemove("an encoder–decoder has two stacks whose blocks depend on each other");
        ImmutableArray<ImmutableArray<Step>> blocks = blueprint.Stacks.First().Blocks;
        string[] tensors = [.. blocks.SelectMany(block => TensorLayout.Of(block).Select(tensor => tensor.Name))];
        return tensors.Distinct().Count() == tensors.Length ? blocks : throw CannotRemove($"the blocks of {blueprint.Family} models share their layers");
    }

    private static string KeyOf(JsonObject text, string[] keys, string what, Blueprint blueprint) =>
        keys.FirstOrDefault(text.ContainsKey) ?? throw CannotRemove($"the configuration of this {blueprint.Family} model does not state the number of {what} ({string.Join(", ", keys)})");

    // The router keeps the rows of the experts that stay.
    private static Step Without(Step step, ImmutableArray<int> gone) => step with
    {
        Branches =
        [
            .. step.Branches.Select(branch => branch.Module is Experts experts && !gone.IsEmpty
                ? branch with
                {
                    Module = experts with
                    {
                        Router = experts.Router with
                        {
                            Matrix = experts.Router.Matrix with { Outputs = experts.Each.Length - gone.Length },
                            Bias = experts.Router.Bias is { } bias ? bias with { Length = experts.Each.Length - gone.Length } : null,
                        },
                        Each = [.. experts.Each.Where((_, expert) => !gone.Contains(expert))],
                    },
                }
                : branch),
        ],
    };
}
