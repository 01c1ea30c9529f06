using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gate.Core.Pipeline;
using Gate.Diagnostics;

namespace Gate.Core.Baselines;

/// <summary>Reads and writes <c>gate.baseline.json</c>: indented, keys in a fixed order, so that a change can be reviewed.</summary>
public static class BaselineFile
{
    /// <summary>The name beside <c>gate.json</c> when no other is configured.</summary>
    public const string DefaultName = "gate.baseline.json";

    private const int MaximumBytes = 64 << 20;

    /// <summary>The bytes of a baseline.</summary>
    public static byte[] WriteUtf8(Baseline baseline) =>
        Encoding.UTF8.GetBytes(JsonSerializer.Serialize(baseline, BaselineJson.Default.Baseline).ReplaceLineEndings("\n") + "\n");

    /// <summary>Writes the file as a whole or not at all.</summary>
    /// <exception cref="GateException">Exit 4: the file cannot be written.</exception>
    public static void Write(string path, Baseline baseline) => AtomicFile.Write(path, WriteUtf8(baseline));

    /// <summary>Reads the file.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="shown">The path as messages show it.</param>
    /// <returns>The baseline, or null when there is no such file.</returns>
    /// <exception cref="GateException">Exit 4: it cannot be read, or is no baseline.</exception>
    public static Baseline? Read(string path, string shown)
    {
        try
        {
            if (!File.Exists(path) && !Directory.Exists(path))
                return null;
            if (new FileInfo(path) is { Exists: true, Length: > MaximumBytes })
                throw Unreadable(shown, $"it is larger than {MaximumBytes} bytes", null);
            Baseline baseline = JsonSerializer.Deserialize(RegularFile.ReadAllBytes(path), BaselineJson.Default.Baseline) ?? throw Unreadable(shown, "found null", null);
            if (baseline.Format != "gate-baseline" || baseline.Version != 1)
                throw Unreadable(shown, $"expected format gate-baseline version 1, found {baseline.Format} version {baseline.Version}", null);
            foreach (BaselineTask task in baseline.Tasks)
            {
                if (task is null || new[] { task.Right, task.First }.Any(bits => bits is not null && (task.Items < 1 || OutcomeBits.Read(bits, task.Items) is null)))
                    throw Unreadable(shown, $"the outcomes of task '{task?.Name}' are not {task?.Items} bits in base 64", null);
            }

            return baseline;
        }
        catch (Exception exception) when (exception is JsonException || StorageFault.Is(exception))
        {
            throw Unreadable(shown, exception.Message.Split('\n')[0], exception);
        }
    }

    private static GateException Unreadable(string shown, string reason, Exception? exception) => GateException.Input(
        "GATE3130", $"the baseline '{shown}' cannot be used: {reason}", new SourceLocation(shown),
        "take it from version control again, or remove it and write a new one with 'gate baseline update' after a passing run", exception);
}

/// <summary>Serialiser of baselines, made at compile time.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Baseline))]
internal sealed partial class BaselineJson : JsonSerializerContext;
