using System.Text.Json;
using Gate.Diagnostics;
using Gate.Models.Tokenization.Chat.Rendering;
using Gate.Models.Tokenization.Chat.Syntax;
using Gate.Models.Tokenization.Chat.Values;
using Gate.Tests;

namespace Gate.Models.Tests.Tokenization.Chat;

/// <summary>The fixtures hold what Jinja2 3.1.6 gives, set up as the Hugging Face renderer sets it up (tests/Fixtures/chat/README.md).</summary>
public sealed class Templates_render_as_Jinja_does
{
    private static readonly DateOnly Today = new(2024, 7, 26);
    private static readonly string Folder = Repository.Fixture("chat");

    [Fact]
    public void Every_construct_gives_the_same_text_or_an_error_where_Jinja_has_one()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "constructs.json")));
        KeyValuePair<string, TemplateValue>[] variables = [.. JsonValues.Variables(file.RootElement.GetProperty("variables"))];
        List<string> differences = [];
        foreach (JsonElement test in file.RootElement.GetProperty("cases").EnumerateArray())
            Compare(test.GetProperty("template").GetString()!, test, variables, test.GetProperty("template").GetString()!, differences);
        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    [Theory]
    [InlineData("chatml")]
    [InlineData("command-r")]
    [InlineData("deepseek-r1")]
    [InlineData("gemma")]
    [InlineData("granite")]
    [InlineData("harmony")]
    [InlineData("llama-3.1-tools")]
    [InlineData("mistral")]
    [InlineData("phi-4")]
    [InlineData("qwen3-thinking")]
    [InlineData("smollm3")]
    public void Templates_in_the_style_of_a_family_give_the_same_prompts(string name)
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "families.json")));
        string template = File.ReadAllText(Path.Combine(Folder, "templates", $"{name}.jinja"));
        List<string> differences = [];
        foreach (JsonElement test in file.RootElement.GetProperty("cases").GetProperty($"{name}.jinja").EnumerateArray())
        {
            string conversation = test.GetProperty("conversation").GetString()!;
            string variant = test.GetProperty("variant").GetString()!;
            IEnumerable<KeyValuePair<string, TemplateValue>> variables =
            [
                new("bos_token", new TextValue("<s>")), new("eos_token", new TextValue("</s>")), new("tools", NoneValue.Instance), new("documents", NoneValue.Instance),
                new("messages", JsonValues.Of(file.RootElement.GetProperty("conversations").GetProperty(conversation))),
                new("add_generation_prompt", JsonValues.Of(test.GetProperty("add_generation_prompt"))),
                .. JsonValues.Variables(file.RootElement.GetProperty("variants").GetProperty(variant)),
            ];
            Compare(template, test, variables, $"{conversation}, {variant}", differences);
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    private static void Compare(
        string template, JsonElement test, IEnumerable<KeyValuePair<string, TemplateValue>> variables, string name, List<string> differences)
    {
        string? expected = test.TryGetProperty("expected", out JsonElement text) ? text.GetString() : null;
        string? found = null;
        string error = "";
        try
        {
            found = CompiledTemplate.Compile(TemplateSource.Of(template, "chat_template.jinja")).Render(variables, Today);
        }
        catch (GateException exception)
        {
            error = $"{exception.Diagnostic.Code} {exception.Message}";
        }

        string? refused = test.TryGetProperty("refused", out JsonElement code) ? code.GetString() : null;
        if (found != expected || (refused is not null && !error.StartsWith(refused, StringComparison.Ordinal)))
            differences.Add($"{name}\n  expected {Show(expected)}\n  found    {Show(found)} {error}");
    }

    private static string Show(string? text) => text is null ? "an error" : JsonSerializer.Serialize(text);
}
