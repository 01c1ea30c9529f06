using System.Text.Json;

namespace Gate.EndToEnd.Tool;

/// <summary>Questions through a chat template, from the command line to the verdict.</summary>
public sealed class ConversationTests : IDisposable
{
    private const string Template = "{{ bos_token }}{% for m in messages %}<{{ m.role }}>\n{{ m.content|trim }}\n{% endfor %}<assistant of {{ strftime_now('%d %B %Y') }}>\n";
    private readonly GateTool _gate = new();

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void Tasks_shows_exactly_what_the_model_sees()
    {
        _gate.CopyModel();
        _gate.Write("model/chat_template.jinja", Template);

        string text = _gate.Run("tasks", "factoid-qa", "--example", "3", "--model", "model", "--suite.chat", "on", "--suite.chatDate", "2025-02-03").Ends(0).Out;
        Assert.Contains("as a conversation (chat_template.jinja, today is 2025-02-03):\n", text, StringComparison.Ordinal);
        Assert.Matches("(?m)^<user>\nQuestion: [^\n]+\nAnswer:\n<assistant of 03 February 2025>$", text[text.IndexOf("<user>", StringComparison.Ordinal)..]);

        JsonElement shown = Shown("--example", "3", "--model", "model", "--suite.chat", "on");
        JsonElement sequence = shown.GetProperty("sequences")[0];
        Assert.Equal(shown.GetProperty("examplePrompt").GetString(), sequence.GetProperty("text").GetString());
        Assert.True(shown.GetProperty("exampleIsConversation").GetBoolean());
        Assert.NotEqual(shown.GetProperty("exampleId").GetString(), Shown("--example", "4").GetProperty("exampleId").GetString());

        _gate.Run("tasks", "factoid-qa", "--suite.chat", "on").Ends(2).Says("GATE1010", "--model");
        _gate.Run("tasks", "--example", "3").Ends(2).Says("GATE1010");
        _gate.Run("tasks", "factoid-qa", "--example", "99999").Ends(2).Says("GATE1010");
    }

    [Fact]
    public void Both_models_are_asked_through_the_dense_models_template_and_a_difference_is_told()
    {
        _gate.CopyModel();
        _gate.CopyModel("candidate");
        _gate.WriteGate("model", "\"mcqa\", \"lama\"", limit: 12, more: ",\n  \"decision\": { \"rule\": \"point\", \"requirePower\": false }");
        _gate.Run("compare", "candidate", "--suite.chat", "on").Ends(4).Says("GATE3206", "no chat template");

        _gate.Write("model/chat_template.jinja", Template);
        ToolRun run = _gate.Run("compare", "candidate", "--suite.chat", "auto", "--json");
        run.Says("GATE3207", "candidate has no chat template", "GATE3208", "mcqa; as plain prompts: lama");
        JsonElement[] items = [.. File.ReadLines(_gate.PathOf("out", "items.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(24, items.Length);

        // The same weights and the same prompts, in spite of the templates: the same answers, bit for bit.
        Assert.All(items, item => Assert.Equal(item.GetProperty("dense").GetRawText(), item.GetProperty("candidate").GetRawText()));
    }

    private JsonElement Shown(params string[] options) =>
        JsonDocument.Parse(_gate.Run(["tasks", "factoid-qa", "--json", .. options]).Ends(0).Out).RootElement[0].Clone();
}
