using System.Collections.Immutable;

namespace Gate.Models.Architectures;

/// <summary>
/// What makes the input of a group of linear layers, where its features can be scaled: dividing row i of every one of its tensors by s divides feature i
/// of the input by s and changes nothing else. A group without such a producer (grouped-query attention before the output projection) has none.
/// </summary>
/// <param name="InputGroup">The <see cref="LinearLayer.InputGroup"/> of the layers that read the input.</param>
/// <param name="Tensors">A norm's weight (and bias), or a linear layer's weight and bias; the first decides what a scale becomes in its element format.</param>
/// <param name="Layer">Name of the linear layer that makes the input, or null when a norm does.</param>
/// <param name="InspectedGroup">The input group of the linear layer that ends the module of the group (attention, feed-forward), or null when the group's
/// layers are a module of their own.</param>
public sealed record InputProducer(string InputGroup, ImmutableArray<string> Tensors, string? Layer, string? InspectedGroup);
