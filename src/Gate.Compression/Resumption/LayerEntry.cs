using System.Text.Json.Serialization;
using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Compression.Resumption;

/// <summary>One line of the journal of finished layers.</summary>
/// <param name="Layer">The layer's name.</param>
/// <param name="Offset">Where its bytes begin: weights, mask, codes, grids, groups of columns, whatever it has of them.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Hash">SHA-256 of the bytes, lower-case hexadecimal.</param>
/// <param name="OutputError">Relative squared output error.</param>
/// <param name="Fallback">What was done instead of the recipe, or null.</param>
/// <param name="IsMasked">Whether there is a mask.</param>
/// <param name="Bits">Bits of a code, or null when not quantised.</param>
/// <param name="GroupSize">Columns that share a grid, or null when not quantised.</param>
/// <param name="Blocks">Block format of the bytes at the end, or null when in none.</param>
internal sealed record LayerEntry(
    string Layer, long Offset, long Length, string Hash, double? OutputError, string? Fallback, bool IsMasked, int? Bits, int? GroupSize,
    GgufBlockFormat? Blocks);

/// <summary>Serialiser of the journal's lines.</summary>
[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LayerEntry))]
internal sealed partial class LayerEntryJson : JsonSerializerContext;
