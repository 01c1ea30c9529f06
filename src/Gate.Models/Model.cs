using System.Collections.Immutable;
using Gate.Models.Blueprints;
using Gate.Models.Checkpoints;
using Gate.Models.Checkpoints.Gguf;
using Gate.Models.Families;
using Gate.Models.Gguf;
using Gate.Models.Gguf.Writing;
using Gate.Models.Structure;

namespace Gate.Models;

/// <summary>
/// A model, open for reading: its files, and the structure that its configuration describes, checked against them. Opened once and handed down.
/// </summary>
public sealed class Model : IDisposable
{
    private readonly Lazy<ImmutableArray<LinearLayer>> _linearLayers;
    private readonly Lazy<ImmutableArray<InputProducer>> _inputProducers;
    private readonly Lazy<ImmutableArray<CoupledUnits>> _coupledUnits;

    private Model(Checkpoint checkpoint, Blueprint blueprint)
    {
        (Checkpoint, Blueprint) = (checkpoint, blueprint);
        _linearLayers = new(() => Structure.LinearLayers.Of(blueprint));
        _inputProducers = new(() => Structure.InputProducers.Of(blueprint));
        _coupledUnits = new(() => BlockUnits.Of(blueprint));
    }

    /// <summary>Its tensors, every linear layer as [outputs, inputs].</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>Its linear layers that compression may touch, in the order of the forward pass, block by block, then the final dense layer if it is a matrix
    /// of its own (untied).</summary>
    public ImmutableArray<LinearLayer> LinearLayers => _linearLayers.Value;

    /// <summary>What makes the inputs of linear layers, where their features can be scaled, block by block.</summary>
    public ImmutableArray<InputProducer> InputProducers => _inputProducers.Value;

    /// <summary>Heads and neurons, block by block.</summary>
    public ImmutableArray<CoupledUnits> CoupledUnits => _coupledUnits.Value;

    /// <summary>The tensors in which its files stack what several modules have each; <see cref="Checkpoint"/> has the parts.</summary>
    public IEnumerable<StackedTensor> Stacked => Blueprint.Stacked.Where(stack => Checkpoint.StoredTensors.Any(tensor => tensor.Name == stack.Name));

    /// <summary>Its family, the <c>model_type</c>.</summary>
    public string Family => Blueprint.Family;

    /// <summary>What whoever relies on it should know of its configuration.</summary>
    public IReadOnlyList<string> Remarks => Blueprint.Remarks;

    /// <summary>What it answers.</summary>
    public ModelKind Kind => Blueprint.Kind;

    /// <summary>What the decoder of an encoder–decoder starts with; null for other models.</summary>
    public int? DecoderStartId => Kind == ModelKind.EncoderDecoder ? Blueprint.DecoderStartId : null;

    /// <summary>The longest sequence it can see, in tokens.</summary>
    public int MaximumLength => Blueprint.MaximumLength;

    /// <summary>Values of one row of the widest residual stream.</summary>
    public int Width => Blueprint.Stacks.Max(stack => stack.Embedding.Width);

    /// <summary>Its structure.</summary>
    internal Blueprint Blueprint { get; }

    /// <summary>Opens a model and checks configuration, headers, names and shapes; reads no weights.</summary>
    /// <param name="path">A folder with <c>config.json</c> and safetensors files; or a folder with one GGUF file, or the path of one.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: files that cannot be read, a family Gate does not know, or weights that are not what the
    /// configuration asks for.</exception>
    public static Model Open(string path)
    {
        if (GgufFile.Find(path) is not { } gguf)
            return Of(Checkpoint.Open(path));
        (Checkpoint checkpoint, Blueprint blueprint) = GgufModel.Open(gguf);
        return Of(checkpoint, () => blueprint);
    }

    /// <summary>A model of files that are open; takes them over.</summary>
    /// <exception cref="Diagnostics.GateException">As <see cref="Open"/>.</exception>
    public static Model Of(Checkpoint checkpoint) => Of(checkpoint, () => FamilyRegistry.Read(checkpoint.Configuration, name => checkpoint.Find(name) is not null));

    private static Model Of(Checkpoint checkpoint, Func<Blueprint> describe)
    {
        try
        {
            Blueprint blueprint = describe();
            checkpoint = StackedTensors.TakeApart(checkpoint, blueprint);
            LayoutCheck.Check(blueprint, checkpoint);
            return new Model(TransposedTensor.Orient(checkpoint, TensorLayout.Of(blueprint).Where(tensor => tensor.IsTransposed).Select(tensor => tensor.Name)), blueprint);
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Whether it is a model without some of its parts (see <see cref="Without"/>), so that its configuration is not that of its folder.</summary>
    public bool IsReduced { get; private init; }

    /// <summary>How many experts the blocks have that have any, by block.</summary>
    public IReadOnlyDictionary<int, int> ExpertsOfBlocks => BlueprintWalk.Steps(Blueprint)
        .SelectMany(placed => placed.Step.Branches.Select(branch => (placed.Block, Experts: branch.Module as Experts))).Where(found => found.Experts is not null)
        .ToDictionary(found => found.Block, found => found.Experts!.Each.Length);

    /// <summary>The same model without some blocks or experts; this one stays the owner of the files.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 2 (GATE4162): blocks or experts that cannot go.</exception>
    public Model Without(RemovedParts removed)
    {
        ModelConfiguration configuration = ReducedModel.Configuration(Checkpoint.Configuration, Blueprint, removed);
        Blueprint reduced;
        try
        {
            reduced = FamilyRegistry.Read(configuration, name => Checkpoint.Find(name) is not null);
        }
        catch (Diagnostics.GateException exception)
        {
            throw ReducedModel.CannotRemove($"what is left is no model: {exception.Diagnostic.Message.TrimEnd('.')}");
        }

        return new Model(ReducedModel.Present(Checkpoint, configuration, Blueprint, reduced, removed), reduced) { IsReduced = true };
    }

    /// <summary>What a GGUF file of this model will say besides its weights.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 2: a model (GATE4120) or tokenizer (GATE4121) that GGUF cannot hold.</exception>
    public GgufHeader GgufHeader() => Gguf.Writing.GgufHeader.Of(Checkpoint, Blueprint);

    /// <summary>Why another model computes otherwise than this one, or null when it does not.</summary>
    /// <param name="other">The other, as a rule a candidate made from this one.</param>
    public string? DifferenceOf(Model other) => ArithmeticText.Difference(Blueprint, other.Blueprint);

    /// <inheritdoc/>
    public void Dispose() => Checkpoint.Dispose();
}
