using System.Text.Json;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tests.Tokenization.Chat;

/// <summary>Values of a fixture as a template sees them.</summary>
internal static class JsonValues
{
    public static TemplateValue Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => new TextValue(element.GetString()!),
        JsonValueKind.Number => element.TryGetInt64(out long integer) && !element.GetRawText().Contains('.', StringComparison.Ordinal)
            ? new IntegerValue(integer) : new FloatValue(element.GetDouble()),
        JsonValueKind.True => BooleanValue.True,
        JsonValueKind.False => BooleanValue.False,
        JsonValueKind.Array => SequenceValue.List(element.EnumerateArray().Select(Of)),
        JsonValueKind.Object => MappingValue.Of(Variables(element)),
        _ => NoneValue.Instance,
    };

    public static IEnumerable<KeyValuePair<string, TemplateValue>> Variables(JsonElement element) =>
        element.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, Of(property.Value)));
}
