using Gate.Models.Batching;
using Gate.Models.Engines;

namespace Gate.Models.Runtime;

/// <summary>A batch on its way through a stack.</summary>
/// <param name="Batch">The tokens.</param>
/// <param name="Store">Keys and values of the stack's own attention.</param>
/// <param name="Memory">Keys and values of what the encoder read, or null.</param>
internal readonly record struct BatchContext(RaggedBatch Batch, KeyValueStore Store, KeyValueStore? Memory = null);
