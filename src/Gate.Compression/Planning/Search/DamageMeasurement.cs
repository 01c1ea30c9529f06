using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gate.Compression.Planning.Search;

/// <summary>What was measured once about a model; every budget is solved from it.</summary>
/// <param name="Key">Hash of weights, calibration, text and code.</param>
/// <param name="Measure">Name of the error measure.</param>
/// <param name="Scaling">What <see cref="UnitMeasurement.Scale"/> is, for people.</param>
/// <param name="Units">Every unit, in model order.</param>
public sealed record DamageMeasurement(string Key, string Measure, string Scaling, ImmutableArray<UnitMeasurement> Units)
{
    /// <summary>The file's text; the same for the same measurement.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, MeasurementJson.Default.DamageMeasurement) + "\n";

    /// <summary>Reads what <see cref="ToJson"/> wrote; null when the text is damaged or belongs to another key.</summary>
    public static DamageMeasurement? FromJson(string json, string key)
    {
        try
        {
            DamageMeasurement? measurement = JsonSerializer.Deserialize(json, MeasurementJson.Default.DamageMeasurement);
            bool usable = measurement is { Units.IsDefaultOrEmpty: false } && measurement.Key == key
                && measurement.Units.All(unit => unit.Scale >= 0 && !unit.Options.IsDefaultOrEmpty && unit.Options.All(option => option.Error >= 0));
            return usable ? measurement : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>One unit.</summary>
/// <param name="Unit">Name of the unit.</param>
/// <param name="Scale">Harm to the model per unit of error, measured or assumed.</param>
/// <param name="Options">The error of every option.</param>
public sealed record UnitMeasurement(string Unit, double Scale, ImmutableArray<OptionMeasurement> Options);

/// <summary>One option of a unit.</summary>
/// <param name="Option">The option.</param>
/// <param name="Error">Sum of the relative squared errors of the unit's layers.</param>
public sealed record OptionMeasurement(StorageOption Option, double Error);

/// <summary>Source-generated JSON of measurements.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DamageMeasurement))]
internal sealed partial class MeasurementJson : JsonSerializerContext;
