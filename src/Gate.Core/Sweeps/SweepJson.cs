using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gate.Core.Sweeps;

/// <summary>Writes <c>sweep.json</c>.</summary>
public static class SweepJson
{
    /// <summary>The file's text; the same for the same outcome.</summary>
    public static string Write(SweepOutcome outcome) => JsonSerializer.Serialize(outcome, Readable.SweepOutcome) + "\n";

    // Names of recipes hold plus signs, which the default encoder would escape.
    private static SweepJsonContext Readable { get; } = new(new JsonSerializerOptions(SweepJsonContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

/// <summary>Source-generated JSON of sweeps.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, IgnoreReadOnlyProperties = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(SweepOutcome))]
internal sealed partial class SweepJsonContext : JsonSerializerContext;
