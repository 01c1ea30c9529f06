using Gate.Diagnostics;
using Gate.Models.Tokenization.Chat.Rendering;
using Gate.Models.Tokenization.Chat.Syntax;
using Gate.Models.Tokenization.Chat.Values;

namespace Gate.Models.Tests.Tokenization.Chat;

public sealed class Hostile_templates_end
{
    [Theory]
    [InlineData("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")]
    [InlineData("{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s='ab') %}{% for a in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s=[1]) %}{% for a in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}")]
    [InlineData("{{ 'ab' * 4000000000 }}")]
    [InlineData("{{ [1] * 4000000000 }}")]
    [InlineData("{{ [] * 4000000000 }}{{ ([1] * 3000000) * 3000000 }}")]
    [InlineData("{% set ns = namespace(s=[]) %}{% for a in range(9999) %}{% set ns.s = [ns.s] %}{% endfor %}{{ ns.s }}")]
    [InlineData("{% set ns = namespace(s=[1]) %}{% for a in range(60) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}")]
    [InlineData("{% set ns = namespace(s=[1]) %}{% for a in range(60) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s|tojson }}")]
    [InlineData("{% set ns = namespace(s=[1], t=[1]) %}{% for a in range(60) %}{% set ns.s = [ns.s, ns.s] %}{% set ns.t = [ns.t, ns.t] %}{% endfor %}{{ ns.s == ns.t }}")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")]
    [InlineData("{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}")]
    [InlineData("{% macro m(n) %}{% if n > 0 %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}")]
    [InlineData("{% set s = 'a' * 2000000 %}{{ s.replace('a', s) }}")]
    [InlineData("{% set s = 'a' * 2000000 %}{{ s|replace('a', s) }}")]
    [InlineData("{% set s = 'a' * 2000000 %}{{ (s + 'b') in s }}{{ (s ~ s).find(s ~ 'b') }}")]
    [InlineData("{% set s = 'Σ' * 1000000 %}{{ s.lower() }}")]
    [InlineData("{{ range(99999)|join('x' * 1000) }}")]
    [InlineData("{{ ('a\n' * 1000)|indent(1000000) }}")]
    [InlineData("{{ 'a'|center(99999999999) }}")]
    [InlineData("{{ [1]|tojson(indent=999999999999) }}")]
    [InlineData("{{ range(1, 9223372036854775807) }}")]
    [InlineData("{{ range(9999)|sum * range(9999)|list|length }}{% for a in range(9999) %}{{ range(9999)|list|sort }}{% endfor %}")]
    [InlineData("{% for a in range(99999) %}{{ range(99999)|unique|list }}{% endfor %}")]
    [InlineData("{% set ns = namespace(s='') %}{% for a in range(99999) %}{% set ns.s = ns.s ~ 'abcdefghijklmnopqrstuvwxyz' %}{% endfor %}")]
    public void Work_without_end_is_refused_soon(string template)
    {
        GateException error = Assert.Throws<GateException>(() => Render(template));
        Assert.Equal(("GATE3204", ExitCode.InputUnavailable), (error.Diagnostic.Code, error.ExitCode));
    }

    [Fact]
    public void Brackets_and_tags_nested_without_end_are_refused()
    {
        string[] templates =
        [
            "{{ " + new string('(', 10_000), "{{ " + new string('[', 10_000), "{{ " + string.Concat(Enumerable.Repeat("{1:", 10_000)), "{{ " + string.Concat(Enumerable.Repeat("not ", 10_000)),
            "{{ " + new string('-', 10_000) + "1 }}", string.Concat(Enumerable.Repeat("{% if a %}", 10_000)), "{{ " + string.Concat(Enumerable.Repeat("a if b else ", 10_000)),
            string.Concat(Enumerable.Repeat("{% for a in b %}", 10_000)), "{{ " + string.Concat(Enumerable.Repeat("a[", 10_000)), "{{ " + string.Concat(Enumerable.Repeat("a(", 10_000)),
            "{{ " + string.Concat(Enumerable.Repeat("a|default(", 10_000)),
        ];
        Assert.All(templates, template => Assert.StartsWith("GATE32", Assert.Throws<GateException>(() => Render(template)).Diagnostic.Code, StringComparison.Ordinal));
    }

    [Fact]
    public void Long_chains_of_operators_are_computed_or_refused()
    {
        foreach (string chain in (string[])[string.Concat(Enumerable.Repeat("1 + ", 20_000)) + "1", "a" + string.Concat(Enumerable.Repeat("|string", 20_000)), "a" + string.Concat(Enumerable.Repeat(".a", 20_000))])
        {
            Exception? error = Record.Exception(() => Render("{{ " + chain + " }}"));
            Assert.True(error is null or GateException, $"{error}");
        }
    }

    private static string Render(string template) => CompiledTemplate.Compile(TemplateSource.Of(template, "chat_template.jinja"))
        .Render([KeyValuePair.Create<string, TemplateValue>("b", SequenceValue.List(new IntegerValue(1)))], new DateOnly(2024, 7, 26));
}
