using System.Text.Json.Serialization;

namespace Gate.Compression.Resumption;

/// <summary>One line of the journal: something finished, and where its bytes are.</summary>
/// <param name="Offset">Where its bytes begin: behind those of the line before.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Hash">SHA-256 of the bytes, lower-case hexadecimal.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "Kind")]
[JsonDerivedType(typeof(LayerEntry), "layer")]
[JsonDerivedType(typeof(FoldingEntry), "folding")]
[JsonDerivedType(typeof(SparsitiesEntry), "sparsities")]
internal abstract record JournalEntry(long Offset, long Length, string Hash);

/// <summary>Serialiser of the journal's lines.</summary>
[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(JournalEntry))]
internal sealed partial class JournalEntryJson : JsonSerializerContext;
