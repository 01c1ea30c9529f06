using System.Text.Json.Serialization;

namespace Gate.Results;

/// <summary>The generated serialisers of <c>results.json</c> and <c>items.jsonl</c>: no reflection at run time, one fixed order of fields.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    Converters = [typeof(VerdictStateConverter)])]
[JsonSerializable(typeof(GateResults))]
[JsonSerializable(typeof(ItemRecord))]
internal sealed partial class ResultsJsonContext : JsonSerializerContext;
