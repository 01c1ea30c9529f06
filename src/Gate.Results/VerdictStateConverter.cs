using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gate.Results;

/// <summary>Writes a state by its name (<c>pass</c>, <c>fail</c>, <c>inconclusive</c>, <c>notMeasured</c>); numbers are refused.</summary>
internal sealed class VerdictStateConverter()
    : JsonStringEnumConverter<VerdictState>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
