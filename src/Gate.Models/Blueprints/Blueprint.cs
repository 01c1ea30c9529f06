using System.Collections.Immutable;

namespace Gate.Models.Blueprints;

/// <summary>A tensor that old exporters store a second time.</summary>
/// <param name="Name">Name of the copy.</param>
/// <param name="Of">Name of the tensor it must equal.</param>
internal sealed record TensorCopy(string Name, string Of);

/// <summary>A tensor in which a file stacks what several modules have each: matrices as [modules, inputs, outputs], or biases as [modules, outputs].</summary>
/// <param name="Name">Name of the stored tensor.</param>
/// <param name="Parts">Names of the tensors it stands for, in the order of its first extent.</param>
/// <param name="IsMatrix">Whether the parts are matrices.</param>
public sealed record StackedTensor(string Name, ImmutableArray<string> Parts, bool IsMatrix);

/// <summary>
/// A model as a value: its structure, written down once. Everything else (the tensors a checkpoint must hold, linear layers, what can be folded or pruned
/// together, names in GGUF, the text of the cache key, the forward pass) is derived from it.
/// </summary>
/// <param name="Family">The <c>model_type</c>.</param>
/// <param name="Encoder">What reads two-sided, or null.</param>
/// <param name="Decoder">What reads from left to right, or null.</param>
/// <param name="Head">The projection to the vocabulary, on the decoder if there is one.</param>
/// <param name="MaximumLength">The longest sequence of either stack, in tokens.</param>
internal sealed record Blueprint(string Family, Stack? Encoder, Stack? Decoder, Head Head, int MaximumLength)
{
    /// <summary>Tensors that may be stored again.</summary>
    public ImmutableArray<TensorCopy> Copies { get; init; } = [];

    /// <summary>Tensors that a file may stack; packed files, and candidates, may hold them one by one.</summary>
    public ImmutableArray<StackedTensor> Stacked { get; init; } = [];

    /// <summary>Name endings of tensors that carry nothing the forward pass reads (buffers, heads of other tasks) and may be present.</summary>
    public ImmutableArray<string> Tolerated { get; init; } = [];

    /// <summary>Name beginnings of what the file holds besides this model (the vision part of a multimodal checkpoint), which is left alone.</summary>
    public ImmutableArray<string> LeftAlone { get; init; } = [];

    /// <summary>What whoever relies on the model should know of its configuration; nothing that changes what it computes.</summary>
    public ImmutableArray<string> Remarks { get; init; } = [];

    /// <summary>The id an encoder–decoder's decoder starts with, or null.</summary>
    public int? DecoderStartId { get; init; }

    /// <summary>The encoder, then the decoder, as far as there are both.</summary>
    public IEnumerable<Stack> Stacks => new[] { Encoder, Decoder }.OfType<Stack>();

    /// <summary>What the model answers.</summary>
    public ModelKind Kind => (Encoder, Decoder) switch
    {
        (null, _) => ModelKind.Causal,
        (_, null) => ModelKind.Masked,
        _ => ModelKind.EncoderDecoder,
    };
}
