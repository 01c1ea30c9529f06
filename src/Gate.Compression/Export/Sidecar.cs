using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Gate.Compression.Recipes;

namespace Gate.Compression.Export;

/// <summary>What is written beside a candidate: where it came from and what was done, layer by layer.</summary>
internal sealed record Sidecar
{
    /// <summary>The only value of <see cref="Format"/>.</summary>
    public const string FormatName = "gate-compression";

    /// <summary>The version this code reads and writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Says what the file is.</summary>
    public required string Format { get; init; }

    /// <summary>Version of the layout.</summary>
    public required int Version { get; init; }

    /// <summary>Version of Gate that wrote it.</summary>
    public required string Tool { get; init; }

    /// <summary>The recipe as configured.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>Names of the other files of the folder.</summary>
    public required ImmutableArray<string> Files { get; init; }

    /// <summary>What was done.</summary>
    public required CompressionOutcome Outcome { get; init; }
}

/// <summary>Source-generated JSON of the sidecar.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Sidecar))]
internal sealed partial class SidecarJson : JsonSerializerContext;
