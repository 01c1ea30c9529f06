using Gate.Diagnostics;
using Gate.Models.Checkpoints.Json;

namespace Gate.Models.Inference.Served;

/// <summary>Reads <c>endpoint.json</c>, the file that makes a folder a served model. The tokenizer files lie beside it.</summary>
public static class ServedModelFile
{
    /// <summary>The file's name.</summary>
    public const string Name = "endpoint.json";

    private const long MaximumBytes = 1L << 20;
    private const string Remedy = "See docs/guides/judge-a-served-model.md for every key of endpoint.json.";

    private static readonly string[] Keys =
    [
        "url", "model", "revision", "apiKeyVariable", "dialect", "concurrency", "timeoutSeconds", "contextLength", "parameters", "weightBytes",
    ];

    /// <summary>Whether a folder is a served model.</summary>
    public static bool IsIn(string folder) => System.IO.File.Exists(Path.Combine(folder, Name));

    /// <summary>Reads and checks the file; contacts nobody.</summary>
    /// <param name="folder">The served model's folder.</param>
    /// <exception cref="GateException">Exit 4 (GATE6001): unreadable, not JSON, an unknown key, or a value that cannot be.</exception>
    public static ServedModelSettings Read(string folder)
    {
        string path = Path.Combine(folder, Name);
        CheckedJson root = JsonSource.Read(path, "GATE6001", Remedy, MaximumBytes).Parse();
        foreach ((string name, CheckedJson value) in root.Properties())
        {
            if (!Keys.Contains(name, StringComparer.Ordinal))
                throw value.Refuse($"expected one of {string.Join(", ", Keys)}, found this key");
        }

        return new ServedModelSettings(
            path, Address(root.Require("url", "the server's base address")), NotEmpty(root.Require("model", "the model's name on the server")),
            root.Find("revision") is { } revision ? NotEmpty(revision) : null,
            root.Find("apiKeyVariable") is { } variable ? VariableName(variable) : null,
            root.Find("dialect") is { } dialect ? DialectOf(dialect) : null,
            root.Find("concurrency") is { } concurrency ? Within(concurrency, 1, 1024) : 8,
            TimeSpan.FromSeconds(root.Find("timeoutSeconds") is { } timeout ? Within(timeout, 1, 86_400) : 120),
            Within(root.Require("contextLength", "the most tokens of a sequence"), 4, int.MaxValue),
            Count(root.Require("parameters", "the model's number of weights")),
            Count(root.Require("weightBytes", "the bytes of the model's weight files")));
    }

    private static Uri Address(CheckedJson value)
    {
        string text = value.AsString();
        bool usable = Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            && address is { UserInfo: "", Query: "", Fragment: "" };
        return usable
            ? new Uri(address!.AbsoluteUri.TrimEnd('/') + "/")
            : throw value.Refuse("expected an address such as \"http://127.0.0.1:8000/v1\", without user, query and fragment, found another text");
    }

    private static string NotEmpty(CheckedJson value) => value.AsString() is { Length: > 0 } text ? text : throw value.Expected("a text that is not empty");

    // The key itself in the variable's place is a likely mistake: what stands there is not repeated in the message.
    private static string VariableName(CheckedJson value)
    {
        string text = value.AsString();
        bool isName = text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        return isName ? text : throw value.Refuse("expected the name of an environment variable (letters, digits and '_'), found another text; the key itself does not belong here");
    }

    private static ServerDialect? DialectOf(CheckedJson value) => value.AsString() switch
    {
        "auto" => null,
        "prompt-logprobs" => ServerDialect.PromptLogprobs,
        "echo" => ServerDialect.Echo,
        "generate-only" => ServerDialect.GenerateOnly,
        _ => throw value.Expected("auto, prompt-logprobs, echo or generate-only"),
    };

    private static int Within(CheckedJson value, int least, int most) =>
        value.AsInt32(least) is int number && number <= most ? number : throw value.Expected($"an integer from {least} to {most}");

    private static long Count(CheckedJson value) =>
        value.AsDouble() is double number and >= 1 and <= 1e18 && Math.Truncate(number) == number
            ? (long)number
            : throw value.Expected("a whole number of at least 1");
}
