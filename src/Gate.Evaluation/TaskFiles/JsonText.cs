using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gate.Evaluation.TaskFiles;

/// <summary>Texts as JSON, for options in reports.</summary>
internal static class JsonText
{
    private static readonly JsonSerializerOptions _readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A list of texts.</summary>
    public static string List(IEnumerable<string> texts) => JsonSerializer.Serialize(texts, _readable);
}
