using System.Text.Json;
using System.Text.Json.Serialization;
using Gate.Compression.Planning.Search;
using Gate.Core.Caching;

namespace Gate.Core.Planning;

/// <summary>Errors of layers as they are measured, one line each, so that a measurement that was interrupted or killed goes on where it was.</summary>
internal sealed class MeasurementJournal : IDisposable
{
    private readonly Journal? _journal;

    /// <param name="journal">The journal of the measurement, or null to keep nothing.</param>
    public MeasurementJournal(Journal? journal)
    {
        if (journal is null)
            return;
        _journal = journal;
        Dictionary<(string, StorageOption), double> known = [];
        foreach (string line in _journal.Read().Lines)
        {
            try
            {
                if (JsonSerializer.Deserialize(line, LayerErrorJson.Default.LayerError) is { Error: >= 0 } error)
                    known[(error.Layer, error.Option)] = error.Error;
            }
            catch (JsonException)
            {
                // A line that says something else is an error that has to be measured again.
            }
        }

        Errors = new KeptErrors(known, error => _journal.TryAppend(JsonSerializer.Serialize(error, LayerErrorJson.Default.LayerError)));
    }

    /// <summary>What is known, and where new errors go.</summary>
    public KeptErrors Errors { get; } = KeptErrors.None;

    /// <inheritdoc/>
    public void Dispose() => _journal?.Dispose();
}

/// <summary>Serialiser of errors of layers.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, IgnoreReadOnlyProperties = true, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LayerError))]
internal sealed partial class LayerErrorJson : JsonSerializerContext;
