using System.Text;
using System.Text.Json;
using Gate.Diagnostics;

namespace Gate.Compression.Calibration;

/// <summary>Reads calibration texts: one document per line of a text file, or the <c>text</c> of each line of a JSON Lines file.</summary>
public static class CalibrationDocuments
{
    private const string TextKey = "text";

    /// <summary>The documents of a file, in its order.</summary>
    /// <param name="path">A file named <c>*.jsonl</c>, or any other text file in UTF-8.</param>
    /// <exception cref="GateException">Exit 4 (GATE4050): missing, unreadable, malformed or empty.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        try
        {
            bool isJson = path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase);
            List<string> documents = [];
            int number = 0;
            foreach (string line in File.ReadLines(RegularFile.Require(path), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true)))
            {
                number++;
                if (!string.IsNullOrWhiteSpace(line))
                    documents.Add(isJson ? TextOf(path, number, line) : line);
            }

            return documents.Count > 0 ? documents : throw Refused(path, 0, "expected at least one document, found none");
        }
        catch (Exception exception) when (StorageFault.Is(exception) || exception is DecoderFallbackException)
        {
            throw Refused(path, 0, exception.Message, exception);
        }
    }

    private static string TextOf(string path, int number, string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(TextKey, out JsonElement text) && text.ValueKind == JsonValueKind.String
                    ? text.GetString()!
                    : throw Refused(path, number, $"expected an object with a text under \"{TextKey}\"");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Refused(path, number, $"expected a JSON object, found: {exception.Message}", exception);
        }
    }

    private static GateException Refused(string path, int line, string what, Exception? cause = null) => GateException.Input(
        "GATE4050", $"Calibration data {path} cannot be used: {what.TrimEnd('.')}.", new SourceLocation(path, line),
        "Give a text file with one document per line, or a JSON Lines file with a \"text\" in every line.", cause);
}
