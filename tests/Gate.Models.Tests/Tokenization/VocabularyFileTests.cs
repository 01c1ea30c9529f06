using System.Text.Json;
using Gate.Diagnostics;
using Gate.Models.Tests.Checkpoints;
using Gate.Models.Tokenization;
using Gate.Tests;

namespace Gate.Models.Tests.Tokenization;

/// <summary>Vocabularies without <c>tokenizer.json</c>, against the ids of the Hugging Face library for the same tokenizers with it.</summary>
public sealed class VocabularyFileTests
{
    [Theory]
    [InlineData("gpt2_bytelevel_bpe", """{"tokenizer_class":"GPT2Tokenizer","bos_token":"<|endoftext|>","eos_token":"<|endoftext|>"}""")]
    [InlineData("roberta_bytelevel_bpe", """{"tokenizer_class":"RobertaTokenizer"}""")]
    [InlineData("qwen2_split_bpe", """{"tokenizer_class":"Qwen2Tokenizer","bos_token":null,"additional_special_tokens":["<|im_start|>","<|im_end|>"]}""")]
    public void Vocabulary_and_merges_make_the_tokenizer_of_their_class(string fixture, string configuration)
    {
        using VocabularyFolder folder = new VocabularyFolder(fixture, configuration).WithVocabularyAndMerges();
        AssertSameIds(fixture, folder);
    }

    [Theory]
    [InlineData("bert_uncased_wordpiece", """{"tokenizer_class":"BertTokenizer"}""")]
    [InlineData("bert_cased_wordpiece", """{"tokenizer_class":"DistilBertTokenizer","do_lower_case":false}""")]
    public void A_list_of_word_pieces_makes_BERTs_tokenizer(string fixture, string configuration)
    {
        using VocabularyFolder folder = new VocabularyFolder(fixture, configuration).WithTokenList();
        AssertSameIds(fixture, folder);
    }

    [Theory]
    [InlineData("llama2_spm_bpe", """{"tokenizer_class":"LlamaTokenizer"}""")]
    [InlineData("llama2_spm_bpe_metaspace_first", """{"tokenizer_class":"LlamaTokenizerFast","legacy":false}""")]
    public void A_model_of_byte_pairs_makes_Llamas_tokenizer(string fixture, string configuration)
    {
        using VocabularyFolder folder = new VocabularyFolder(fixture, configuration).WithBytePairModel("tokenizer.model");
        AssertSameIds(fixture, folder);
    }

    [Fact]
    public void A_unigram_model_makes_ALBERTs_tokenizer()
    {
        using VocabularyFolder folder = new VocabularyFolder("albert_unigram", """{"tokenizer_class":"AlbertTokenizer"}""").WithUnigramModel("spiece.model");
        AssertSameIds("albert_unigram", folder);
    }

    [Fact]
    public void A_unigram_model_makes_T5s_tokenizer_with_its_sentinels_behind_the_pieces()
    {
        using VocabularyFolder folder = new VocabularyFolder("t5_unigram", """{"tokenizer_class":"T5Tokenizer","extra_ids":20}""").WithUnigramModel("spiece.model");
        Tokenizer found = Tokenizer.Open(folder.Path)!;
        Tokenizer expected = Tokenizer.Open(Repository.Fixture("tokenizers", "t5_unigram"))!;
        foreach (string text in (string[])["", "Hello world", "the quick brown fox, 12,345.", "  spaced   out ", "caf\u00E9 \uFB01ne \u2460"])
            Assert.Equal(expected.Encode(text, addSpecialTokens: true), found.Encode(text, addSpecialTokens: true));
        Assert.Equal("<extra_id_0>", found.TokenOf(found.VocabularySize - 1));
        Assert.Equal(found.VocabularySize - 1, found.Encode("a <extra_id_0> b", addSpecialTokens: false)[^2]);
    }

    [Theory]
    [InlineData("vocab.txt", "[UNK]\n[CLS]\n[SEP]\n", "GATE3056", "found none")]
    [InlineData("tokenizer.model", "x", "GATE3056", "found none")]
    [InlineData("vocab.json", "{}", "GATE3056", "found none")]
    public void A_vocabulary_that_nothing_says_how_to_use_is_refused(string file, string content, string code, string part)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf(file), content);
        AssertRefused(folder, code, file, part);
    }

    [Theory]
    [InlineData("Llama", "tokenizer.model", "x", "found a value")]
    [InlineData("Llama", "tokenizer.model", "", "no pieces")]
    [InlineData("Bert", "tokenizer.model", "x", "'BertTokenizer'")]
    [InlineData("Bert", "vocab.txt", "a\nb\n", "'[UNK]'")]
    [InlineData("GPT2", "vocab.json", """{"a":0}""", "merges.txt")]
    [InlineData("GPT2", "vocab.json", """{"a":"0"}""", "token 'a'")]
    public void A_malformed_vocabulary_is_refused_with_what_is_missing(string kind, string file, string content, string part)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("tokenizer_config.json"), $$"""{"tokenizer_class":"{{kind}}Tokenizer"}""");
        File.WriteAllText(folder.PathOf(file), content);
        AssertRefused(folder, part == "'BertTokenizer'" ? "GATE3056" : "GATE3055", file, part);
    }

    [Fact]
    public void A_merge_of_unknown_tokens_is_refused_with_its_line()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("config.json"), """{"model_type":"gpt2"}""");
        File.WriteAllText(folder.PathOf("vocab.json"), """{"a":0,"b":1}""");
        File.WriteAllText(folder.PathOf("merges.txt"), "#version: 0.2\na b\n");
        GateException refused = Assert.Throws<GateException>(() => Tokenizer.Open(folder.Path));
        Assert.Equal(("GATE3055", 2), (refused.Diagnostic.Code, refused.Diagnostic.Location!.Line));
        Assert.Contains("no 'ab'", refused.Message);
    }

    private static void AssertRefused(TemporaryFolder folder, string code, string file, string part)
    {
        GateException refused = Assert.Throws<GateException>(() => Tokenizer.Open(folder.Path));
        Assert.Equal((code, ExitCode.InputUnavailable), (refused.Diagnostic.Code, refused.ExitCode));
        Assert.Contains(file, refused.Message);
        Assert.Contains(part, refused.Message);
        Assert.NotNull(DiagnosticCatalogue.Find(code));
    }

    private static void AssertSameIds(string fixture, VocabularyFolder folder)
    {
        Tokenizer tokenizer = Tokenizer.Open(folder.Path)!;
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository.Fixture("tokenizers", fixture), "expected.json")));
        foreach (JsonElement item in expected.RootElement.GetProperty("cases").EnumerateArray())
        {
            string text = item.GetProperty("text").GetString()!;
            int[] ids = [.. item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            Assert.Equal((text, string.Join(' ', ids)), (text, string.Join(' ', tokenizer.Encode(text, addSpecialTokens: true))));
            Assert.Equal(item.GetProperty("decoded_skip_special").GetString(), tokenizer.Decode(ids, skipSpecialTokens: true));
        }
    }
}
