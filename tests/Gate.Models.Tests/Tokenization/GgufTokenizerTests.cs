using System.Text.Json;
using Gate.Diagnostics;
using Gate.Models.Gguf.Writing;
using Gate.Models.Tests.Checkpoints;
using Gate.Models.Tests.Checkpoints.Quantized;
using Gate.Models.Tokenization;
using Gate.Models.Tokenization.Chat;
using Gate.Tests;

namespace Gate.Models.Tests.Tokenization;

/// <summary>Tokenizers written into a GGUF file and read from it with no other file.</summary>
public sealed class GgufTokenizerTests
{
    [Theory]
    [InlineData("gpt2_bytelevel_bpe")]
    [InlineData("llama3_split_bpe")]
    [InlineData("qwen2_split_bpe")]
    [InlineData("llama2_spm_bpe")]
    public void Ids_and_texts_are_those_of_tokenizer_json(string fixture)
    {
        using TemporaryFolder folder = new();
        string source = Repository.Fixture("tokenizers", fixture);
        if (fixture == "llama2_spm_bpe")
            ScoredTokenizer.Write(source = folder.PathOf("scored"));
        string path = Write(folder, source);
        Tokenizer expected = Tokenizer.Open(source)!, found = Tokenizer.Open(path)!;
        Assert.Equal((expected.BeginningOfSequence, expected.EndOfSequence), (found.BeginningOfSequence, found.EndOfSequence));
        Assert.Equal(expected.Hash, found.Hash);
        using JsonDocument cases = JsonDocument.Parse(File.ReadAllBytes(Repository.Fixture("tokenizers", fixture, "expected.json")));
        foreach (JsonElement item in cases.RootElement.GetProperty("cases").EnumerateArray())
        {
            string text = item.GetProperty("text").GetString()!;
            foreach (bool special in new[] { true, false })
            {
                int[] ids = expected.Encode(text, special);
                Assert.Equal((text, string.Join(' ', ids)), (text, string.Join(' ', found.Encode(text, special))));
                Assert.Equal(expected.Decode(ids, special), found.Decode(ids, special));
            }
        }
    }

    [Fact]
    public void The_chat_template_and_the_tokens_it_may_write_come_from_the_file()
    {
        using TemporaryFolder folder = new();
        GgufBuilder builder = new GgufBuilder().Key("general.architecture", "llama").Key("tokenizer.ggml.model", "gpt2").Key("tokenizer.ggml.tokens", "<a>", "<b>")
            .Key("tokenizer.ggml.bos_token_id", 0u).Key("tokenizer.ggml.eos_token_id", 1u)
            .Key("tokenizer.chat_template", "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}");
        File.WriteAllBytes(folder.PathOf("model.gguf"), builder.Build());
        Assert.Equal("<a>Hello<b>", ChatTemplate.Open(folder.Path)!.Render([new ChatMessage("user", "Hello")], ChatSettings.Default));
        Assert.NotNull(ChatTemplate.HashOf(folder.PathOf("model.gguf")));
    }

    [Fact]
    public void Tokenizers_that_are_not_read_are_refused_by_name()
    {
        Refused("GATE3125", "'rwkv'", builder => builder.Key("tokenizer.ggml.model", "rwkv"));
        Refused("GATE3125", "'tekken'", builder => builder.Key("tokenizer.ggml.model", "gpt2").Key("tokenizer.ggml.pre", "tekken").Key("tokenizer.ggml.tokens", "a", "b"));
        Refused("GATE3122", "tokenizer.ggml.tokens", builder => builder.Key("tokenizer.ggml.model", "llama"));
        Refused("GATE3122", "tokenizer.ggml.scores", builder => builder.Key("tokenizer.ggml.model", "llama").Key("tokenizer.ggml.tokens", "a", "b"));
        Refused("GATE3122", "'a'", builder => builder.Key("tokenizer.ggml.model", "gpt2").Key("tokenizer.ggml.pre", "gpt-2").Key("tokenizer.ggml.tokens", "a", "a"));
        Refused("GATE3122", "merges", builder => builder.Key("tokenizer.ggml.model", "gpt2").Key("tokenizer.ggml.pre", "gpt-2").Key("tokenizer.ggml.tokens", "a", "b")
            .Key("tokenizer.ggml.merges", "a b", "b a"));
    }

    private static void Refused(string code, string part, Action<GgufBuilder> add)
    {
        using TemporaryFolder folder = new();
        GgufBuilder builder = new();
        add(builder);
        File.WriteAllBytes(folder.PathOf("model.gguf"), builder.Build());
        GateException refused = Assert.Throws<GateException>(() => Tokenizer.Open(folder.Path));
        Assert.Equal((code, ExitCode.InputUnavailable), (refused.Diagnostic.Code, refused.ExitCode));
        Assert.Contains(part, refused.Diagnostic.Message);
    }

    private static string Write(TemporaryFolder folder, string tokenizer)
    {
        GgufKeys keys = new();
        GgufTokenizer.Put(keys, tokenizer, 4000);
        using FileStream stream = File.Create(folder.PathOf("model.gguf"));
        GgufWriter.Write(stream, [keys], [], TestContext.Current.CancellationToken);
        return folder.PathOf("model.gguf");
    }
}
