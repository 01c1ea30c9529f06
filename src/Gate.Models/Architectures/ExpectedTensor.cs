using System.Collections.Immutable;

namespace Gate.Models.Architectures;

/// <summary>A tensor a family must find in the checkpoint.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Shape">The extents the configuration asks for, slowest first.</param>
/// <param name="Linear">The linear layer whose weight it is, or null for embeddings, norms and biases.</param>
internal sealed record ExpectedTensor(string Name, ImmutableArray<long> Shape, LinearLayer? Linear = null);
