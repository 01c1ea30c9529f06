using Gate.Diagnostics;
using Gate.Models.Tests.Checkpoints;
using Gate.Models.Tokenization.Chat;

namespace Gate.Models.Tests.Tokenization.Chat;

public sealed class Refusals_name_the_place : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a\n{% if x %}\n", "GATE3201", 2, 4, "'if' is not closed")]
    [InlineData("a\n  {{ x y }}", "GATE3201", 2, 8, "expected '}}', found 'y'")]
    [InlineData("{{ x ", "GATE3201", 1, 1, "a tag has no '}}'")]
    [InlineData("{% unknown %}", "GATE3201", 1, 4, "the tag 'unknown'")]
    [InlineData("{% break %}", "GATE3201", 1, 4, "outside of a loop")]
    [InlineData("{% include 'other' %}", "GATE3202", 1, 4, "the tag 'include'")]
    [InlineData("\n\n{{ x|lenght }}", "GATE3202", 3, 6, "did the author mean 'length'?")]
    [InlineData("{{ x is defind }}", "GATE3202", 1, 9, "did the author mean 'defined'?")]
    [InlineData("{% for x in y recursive %}{% endfor %}", "GATE3202", 1, 15, "recursive loops")]
    [InlineData("{% if false %}{{ x|pprint }}{% endif %}", "GATE3202", 1, 20, "the filter 'pprint'")]
    [InlineData("{{ cycler('a') }}", "GATE3202", 1, 10, "the function 'cycler'")]
    [InlineData("{{ strftime_now('%q') }}", "GATE3202", 1, 16, "'%q'")]
    [InlineData("{{ messages.append }}", "GATE3203", 1, 12, "printing it is refused")]
    [InlineData("{{ messages.append(1) }}", "GATE3203", 1, 19, "'append' would change a list")]
    [InlineData("x\n {{ messages[0].nam.e }}", "GATE3203", 2, 20, "the mapping has no key 'nam'")]
    [InlineData("{{ 'a' + 1 }}", "GATE3203", 1, 8, "'str' and 'int'")]
    [InlineData("{{ 9223372036854775807 + 1 }}", "GATE3203", 1, 24, "64 bits")]
    [InlineData("{{ raise_exception('no system message') }}", "GATE3203", 1, 19, "refuses the conversation: no system message")]
    public void In_a_template_file(string template, string code, int line, int column, string says)
    {
        string path = _folder.PathOf("chat_template.jinja");
        File.WriteAllText(path, template);
        GateException error = Assert.Throws<GateException>(() => Render());
        Assert.Equal((code, ExitCode.InputUnavailable), (error.Diagnostic.Code, error.ExitCode));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Equal(new SourceLocation(path, line, column), error.Diagnostic.Location);
        Assert.NotNull(DiagnosticCatalogue.Find(code));
    }

    [Fact]
    public void In_a_key_of_the_configuration()
    {
        File.WriteAllText(_folder.PathOf("tokenizer_config.json"), "{\n  \"chat_template\": \"a\\n{{ x y }}\"\n}");
        GateException error = Assert.Throws<GateException>(() => Render());
        Assert.Contains("'chat_template', line 2, column 6 of the template", error.Message, StringComparison.Ordinal);
        Assert.Equal((2, 20), (error.Diagnostic.Location!.Line, error.Diagnostic.Location.Column));
    }

    [Theory]
    [InlineData("{ \"chat_template\": 3 }", "expected a text, or a list of templates")]
    [InlineData("{ \"chat_template\": [ { \"name\": \"tool_use\", \"template\": \"x\" } ] }", "expected a template named 'default', found 'tool_use'")]
    [InlineData("{ \"chat_template\": [] }", "found none")]
    [InlineData("{ \"chat_template\": [ { \"name\": \"default\" } ] }", "'chat_template.0.template'")]
    [InlineData("{ \"chat_template\": \"x\", \"bos_token\": 1 }", "'bos_token'")]
    [InlineData("{ \"chat_template\": ", "JSON")]
    public void In_a_configuration_that_names_no_template(string json, string says)
    {
        File.WriteAllText(_folder.PathOf("tokenizer_config.json"), json);
        GateException error = Assert.Throws<GateException>(() => Render());
        Assert.Equal("GATE3205", error.Diagnostic.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Diagnostic.Location);
    }

    [Fact]
    public void In_template_files_that_cannot_be_used()
    {
        File.WriteAllBytes(_folder.PathOf("chat_template.jinja"), [0xFF, 0xFE, 0x41]);
        Assert.Contains("UTF-8", Assert.Throws<GateException>(() => Render()).Message, StringComparison.Ordinal);
        File.Delete(_folder.PathOf("chat_template.jinja"));
        Directory.CreateDirectory(_folder.PathOf("additional_chat_templates"));
        File.WriteAllText(Path.Combine(_folder.PathOf("additional_chat_templates"), "rag.jinja"), "x");
        Assert.Contains("found rag", Assert.Throws<GateException>(() => Render()).Message, StringComparison.Ordinal);
    }

    private string? Render() => ChatTemplate.Open(_folder.Path)?.Render([new ChatMessage("user", "Hi")], ChatSettings.Default);
}
