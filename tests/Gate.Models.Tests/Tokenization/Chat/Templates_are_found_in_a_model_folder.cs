using System.Collections.Immutable;
using Gate.Models.Tests.Checkpoints;
using Gate.Models.Tokenization.Chat;

namespace Gate.Models.Tests.Tokenization.Chat;

public sealed class Templates_are_found_in_a_model_folder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_without_one_has_none()
    {
        Assert.Null(ChatTemplate.Open(_folder.Path));
        Write("tokenizer_config.json", "{ \"bos_token\": \"<s>\", \"chat_template\": null }");
        Assert.Null(ChatTemplate.Open(_folder.Path));
        Assert.Null(ChatTemplate.HashOf(_folder.Path));
    }

    [Fact]
    public void Files_stand_before_the_configuration_and_the_default_before_others()
    {
        Write("tokenizer_config.json", "{ \"chat_template\": [ { \"name\": \"rag\", \"template\": \"r\" }, { \"name\": \"default\", \"template\": \"c {{ messages[0].content }}\" } ] }");
        Assert.Equal(("c Hi", "tokenizer_config.json"), (Render(), ChatTemplate.Open(_folder.Path)!.FileName));
        Directory.CreateDirectory(_folder.PathOf("additional_chat_templates"));
        Write("additional_chat_templates/default.jinja", "d");
        Write("additional_chat_templates/rag.jinja", "r");
        Assert.Equal("d", Render());
        Write("chat_template.jinja", "\uFEFFf\n");
        Assert.Equal(("f", "chat_template.jinja"), (Render(), ChatTemplate.Open(_folder.Path)!.FileName));
    }

    [Fact]
    public void Special_tokens_come_from_the_configuration_then_from_the_map()
    {
        Write("chat_template.jinja", "{{ bos_token }}|{{ eos_token }}|{{ pad_token }}|{{ unk_token is defined }}|{{ tools is none }}|{{ add_generation_prompt }}");
        Write("tokenizer_config.json", "{ \"bos_token\": { \"content\": \"<s>\" }, \"pad_token\": null }");
        Write("special_tokens_map.json", "{ \"bos_token\": \"<x>\", \"eos_token\": \"</s>\", \"pad_token\": \"<p>\" }");
        Assert.Equal("<s>|</s>||False|True|True", Render());
    }

    [Fact]
    public void Variables_and_the_day_are_given()
    {
        Write("chat_template.jinja", "{{ strftime_now('%d %b %Y') }}{% if enable_thinking is false %} no{% endif %} {{ effort }}");
        var settings = new ChatSettings(
            new DateOnly(2025, 2, 3), ImmutableSortedDictionary<string, string>.Empty.Add("enable_thinking", "false").Add("effort", "low"));
        Assert.Equal("03 Feb 2025 no low", ChatTemplate.Open(_folder.Path)!.Render([], settings));
    }

    [Fact]
    public void The_hash_is_of_the_template_and_its_special_tokens()
    {
        Write("chat_template.jinja", "{{ bos_token }}");
        string plain = ChatTemplate.HashOf(_folder.Path)!;
        Assert.Equal(plain, ChatTemplate.Open(_folder.Path)!.Hash);
        Write("tokenizer_config.json", "{ \"bos_token\": \"<s>\" }");
        string withToken = ChatTemplate.HashOf(_folder.Path)!;
        Write("tokenizer_config.json", "{ \"bos_token\": \"<s>\", \"model_max_length\": 5 }");
        Assert.Equal(withToken, ChatTemplate.HashOf(_folder.Path));
        Write("chat_template.jinja", "{{ bos_token }}.");
        Assert.Equal(3, new[] { plain, withToken, ChatTemplate.HashOf(_folder.Path) }.Distinct().Count());
    }

    private void Write(string name, string text) => File.WriteAllText(_folder.PathOf(name), text);

    private string Render() => ChatTemplate.Open(_folder.Path)!.Render([new ChatMessage("user", "Hi")], ChatSettings.Default);
}
