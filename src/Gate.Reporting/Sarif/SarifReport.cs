using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gate.Reporting.Logs;
using Gate.Reporting.Text;
using Gate.Results;

namespace Gate.Reporting.Sarif;

/// <summary>Renders <c>gate.sarif</c> (SARIF 2.1.0) for code scanning: one result per rule that does not hold, at the rule's line.</summary>
/// <remarks>A breached or unmeasured rule has level <c>error</c>; an undecided one <c>error</c> or <c>warning</c>, as the configuration says.
/// The fingerprint of a result is made of the rule's key and the questions asked, so it survives a change of limit, value or line.</remarks>
public static class SarifReport
{
    private const int MessageLimit = 2000;

    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The report of a result.</summary>
    public static string Render(GateResults results)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Options))
            Write(json, results);
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void Write(Utf8JsonWriter json, GateResults results)
    {
        (RuleResult Rule, LogMessage Message)[] found =
        [
            .. results.Verdict.Rules.Select(rule => (Rule: rule, Message: LogMessage.Of(rule, results.Run)))
                .Where(pair => pair.Message is not null)
                .Select(pair => (pair.Rule, pair.Message!)),
        ];
        string[] codes = [.. found.Select(pair => pair.Rule.Code).Distinct().Order(StringComparer.Ordinal)];
        json.WriteStartObject();
        json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "Gate");
        json.WriteString("version", VisibleText.ForLog(results.Run.GateVersion));
        json.WriteStartArray("rules");
        foreach (string code in codes)
            WriteRule(json, code, found.First(pair => pair.Rule.Code == code).Rule.State);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("columnKind", "utf16CodeUnits");
        json.WriteStartArray("results");
        string suite = SuiteHash(results);
        foreach ((RuleResult rule, LogMessage message) in found)
            WriteResult(json, rule, message.Severity, Array.IndexOf(codes, rule.Code), suite);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRule(Utf8JsonWriter json, string code, VerdictState state)
    {
        json.WriteStartObject();
        json.WriteString("id", VisibleText.ForLog(code));
        json.WriteStartObject("shortDescription");
        json.WriteString("text", state switch
        {
            VerdictState.Fail => "A threshold is breached.",
            VerdictState.Inconclusive => "A threshold is neither shown to hold nor to be breached.",
            _ => "A threshold could not be measured.",
        });
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, RuleResult rule, string level, int ruleIndex, string suite)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", VisibleText.ForLog(rule.Code));
        json.WriteNumber("ruleIndex", ruleIndex);
        json.WriteString("level", level);
        json.WriteStartObject("message");
        json.WriteString("text", VisibleText.ForLog($"{rule.Key}: {rule.Reason}", MessageLimit));
        json.WriteEndObject();
        if (rule.File is not null)
            WriteLocation(json, rule);
        json.WriteStartObject("partialFingerprints");
        json.WriteString("gateRule/v1", Hash(rule.Key + "\n" + suite));
        json.WriteEndObject();
        json.WriteStartObject("properties");
        json.WriteString("rule", VisibleText.ForLog(rule.Key));
        WriteNumber(json, "limit", rule.Limit);
        WriteNumber(json, "value", rule.Measured?.Value);
        WriteNumber(json, "lower", rule.Measured?.Lower);
        WriteNumber(json, "upper", rule.Measured?.Upper);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteLocation(Utf8JsonWriter json, RuleResult rule)
    {
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", string.Join('/', rule.File!.Split('/').Select(Uri.EscapeDataString)));
        json.WriteEndObject();
        if (rule.Line > 0)
        {
            json.WriteStartObject("region");
            json.WriteNumber("startLine", rule.Line);
            if (rule.Column > 0)
                json.WriteNumber("startColumn", rule.Column);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    // JSON has no NaN; what is not a number is left out.
    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            json.WriteNumber(name, number);
    }

    private static string SuiteHash(GateResults results) =>
        Hash(string.Join('\n', results.Tasks.Select(task => $"{task.Name} {task.Prompt.TemplateHash} {task.Prompt.DataHash}")));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
