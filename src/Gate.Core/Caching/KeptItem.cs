using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Gate.Evaluation.Tasks;

namespace Gate.Core.Caching;

/// <summary>One line of the item journal.</summary>
internal sealed record KeptItem(
    string Model, string Task, string Item, double Score, double Weight, string Answer, double? Margin,
    SortedDictionary<string, double> Metrics, bool Invalid)
{
    public static KeptItem From(string model, string task, TaskItem item, ItemResult result) => new(
        model, task, item.Hash, result.Score, result.Weight, result.Answer, result.Margin,
        new SortedDictionary<string, double>(result.Metrics.ToDictionary(), StringComparer.Ordinal), result.Invalid);

    public ItemResult ToResult() => new()
    {
        ItemId = "",
        Score = Score,
        Weight = Weight,
        Answer = Answer,
        Margin = Margin,
        Metrics = Metrics.ToImmutableSortedDictionary(StringComparer.Ordinal),
        Invalid = Invalid,
    };
}

/// <summary>Serialisers of the cache, made at compile time. NaN is kept as text: an unusable score must come back as it was.</summary>
[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(KeptItem))]
[JsonSerializable(typeof(KeptIdentity))]
[JsonSerializable(typeof(KeptCandidate))]
internal sealed partial class CacheJson : JsonSerializerContext;
