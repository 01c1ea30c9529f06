using System.Text.Json;
using Gate.Evaluation.Tasks;
using Gate.Tests;

namespace Gate.Evaluation.Tests;

/// <summary>The built-in suites on rows of the published files, beside what the reference harness sent for them: character by character (tests/Fixtures/knowledge).</summary>
public sealed class Suites_ask_as_the_harness_does
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Repository.Fixture("knowledge", "prompts")).Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Character_by_character(string file)
    {
        JsonElement root = JsonDocument.Parse(File.ReadAllBytes(Repository.Fixture("knowledge", "prompts", file + ".json"))).RootElement;
        string data = root.GetProperty("data").GetString()!;
        string folder = data == "fixture" ? Repository.Fixture("knowledge", "data") : Path.Combine(Repository.Root, "samples", data, "data");
        TaskDefinition task = TaskCatalogue.Load(root.GetProperty("task").GetString()!, ".", dataFolder: folder);
        using StringWriter lines = new();
        RequestLines.Write(lines, task);
        JsonElement[] asked = [.. lines.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        foreach (JsonElement row in root.GetProperty("rows").EnumerateArray())
        {
            JsonElement same = row.TryGetProperty("requests", out JsonElement requests)
                ? Assert.Single(asked, line => JsonElement.DeepEquals(line.GetProperty("requests"), requests))
                : Assert.Single(asked, line => Context(line) == row.GetProperty("context").GetString());
            if (row.TryGetProperty("gold", out JsonElement gold))
                Assert.Equal(gold.GetInt32(), same.GetProperty("gold").GetInt32());
            if (row.TryGetProperty("target", out JsonElement target))
                Assert.Equal(target.GetString(), same.GetProperty("target").GetString());
            if (root.GetProperty("stops").ValueKind == JsonValueKind.Array)
                Assert.True(JsonElement.DeepEquals(root.GetProperty("stops"), same.GetProperty("stops")));
        }
    }

    // LLM-KICK generates a token where Gate scores the letters: the context is the same.
    private static string? Context(JsonElement line) => line.TryGetProperty("context", out JsonElement context) ? context.GetString() : line.GetProperty("requests")[0][0].GetString();
}
