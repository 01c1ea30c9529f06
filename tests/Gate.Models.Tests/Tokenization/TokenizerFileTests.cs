using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Gate.Diagnostics;
using Gate.Models.Tests.Checkpoints;
using Gate.Models.Tokenization;
using Gate.Models.Tokenization.Reading;
using Gate.Tests;

namespace Gate.Models.Tests.Tokenization;

public sealed class TokenizerFileTests
{
    private const string Small = """
        {"added_tokens":[{"id":9,"content":"<m>","lstrip":true,"rstrip":true,"special":true},{"id":10,"content":"wo","single_word":true},{"id":11,"content":"<mm>"}],
         "normalizer":null,"pre_tokenizer":{"type":"WhitespaceSplit"},"post_processor":null,"decoder":{"type":"Fuse"},
         "model":{"type":"BPE","unk_token":"?","fuse_unk":false,"vocab":{"?":0,"a":1,"b":2,"ab":3,"aab":4,"aa":5},"merges":["a b",["a","ab"],"a a"]}}
        """;

    [Theory]
    [InlineData("ab aab aaab aaa", "3 4 1 4 5 1")]
    [InlineData("a <m> b", "1 9 2")]
    [InlineData("a<mm>b<m>", "1 11 2 9")]
    [InlineData("wo two wo-", "10 0 0 0 10 0")]
    [InlineData("xx", "0 0")]
    public void Merges_and_added_tokens_apply_as_in_the_reference(string text, string ids)
    {
        using TemporaryFolder folder = Folder(Small);
        Assert.Equal(ids, string.Join(' ', Tokenizer.Open(folder.Path)!.Encode(text, addSpecialTokens: true)));
    }

    /// <summary>A path of keys, the JSON put there (empty: removed), the code and parts of the message.</summary>
    [Theory]
    [InlineData("model.type", "\"Unknown\"", "GATE3051", "'model'", "'Unknown'")]
    [InlineData("normalizer", """{"type":"Nmt"}""", "GATE3051", "'normalizer'", "'Nmt'")]
    [InlineData("pre_tokenizer", """{"type":"UnicodeScripts"}""", "GATE3051", "'pre_tokenizer'", "'UnicodeScripts'")]
    [InlineData("decoder", """{"type":"CTC"}""", "GATE3051", "'decoder'", "'CTC'")]
    [InlineData("post_processor", """{"type":"Magic"}""", "GATE3051", "'post_processor'", "'Magic'")]
    [InlineData("pre_tokenizer", """{"type":"Split","pattern":{"Regex":"(?<=a)"},"behavior":"Isolated"}""", "GATE3052", "'pre_tokenizer.pattern.Regex'", "(?<")]
    [InlineData("pre_tokenizer", """{"type":"Split","pattern":{"String":"a"},"behavior":"Odd"}""", "GATE3050", "'pre_tokenizer.behavior'", "\"Odd\"")]
    [InlineData("pre_tokenizer", "[]", "GATE3050", "'pre_tokenizer'", "an array")]
    [InlineData("model", "", "GATE3050", "'model'", "no such key")]
    [InlineData("model.vocab", "", "GATE3050", "'model.vocab'", "no such key")]
    [InlineData("model.vocab", "{}", "GATE3050", "'model.vocab'", "found none")]
    [InlineData("model.vocab", """{"a":-1}""", "GATE3050", "token 'a'", "-1")]
    [InlineData("model.vocab", """{"a":"0"}""", "GATE3050", "token 'a'", "\"0\"")]
    [InlineData("model.merges", """["a b c"]""", "GATE3050", "'model.merges.0'", "two tokens")]
    [InlineData("model.merges", """[["a","zz"]]""", "GATE3050", "'model.merges.0'", "'zz'")]
    [InlineData("model.merges", """["b a"]""", "GATE3050", "'model.merges.0'", "no 'ba'")]
    [InlineData("model.dropout", "0.1", "GATE3050", "'model.dropout'", "0.1")]
    [InlineData("model.unk_token", "\"none\"", "GATE3050", "'model.unk_token'", "\"none\"")]
    [InlineData("added_tokens", """[{"id":1,"content":"new"}]""", "GATE3050", "'added_tokens.0'", "'a' in the vocabulary")]
    public void A_malformed_or_unknown_tokenizer_is_refused_with_its_key(string path, string json, string code, params string[] parts)
    {
        JsonObject root = JsonNode.Parse(Small)!.AsObject();
        string[] keys = path.Split('.');
        JsonObject parent = keys.Length == 1 ? root : root[keys[0]]!.AsObject();
        parent.Remove(keys[^1]);
        if (json.Length > 0)
            parent[keys[^1]] = JsonNode.Parse(json);
        using TemporaryFolder folder = Folder(root.ToJsonString());
        GateException refused = Assert.Throws<GateException>(() => Tokenizer.Open(folder.Path));
        Assert.Equal((code, ExitCode.InputUnavailable), (refused.Diagnostic.Code, refused.ExitCode));
        Assert.All(parts, part => Assert.Contains(part, refused.Message));
        Assert.NotNull(DiagnosticCatalogue.Find(code));
    }

    [Fact]
    public void A_special_token_that_does_not_exist_is_refused()
    {
        using TemporaryFolder folder = Folder(Small);
        File.WriteAllText(folder.PathOf("tokenizer_config.json"), """{"bos_token":{"content":"<s>"}}""");
        Assert.Equal("GATE3054", Assert.Throws<GateException>(() => Tokenizer.Open(folder.Path)).Diagnostic.Code);
        File.WriteAllText(folder.PathOf("tokenizer_config.json"), """{"bos_token":{"content":"<m>"},"eos_token":"ab"}""");
        Tokenizer tokenizer = Tokenizer.Open(folder.Path)!;
        Assert.Equal((9, 3), (tokenizer.BeginningOfSequence, tokenizer.EndOfSequence));
    }

    [Fact]
    public void The_hash_follows_what_decides_ids_and_not_the_layout_of_the_file()
    {
        using TemporaryFolder first = Folder(Small);
        using TemporaryFolder second = Folder(JsonNode.Parse(Small)!.ToJsonString(new() { WriteIndented = true }));
        using TemporaryFolder third = Folder(Small.Replace("\"a a\"", "\"a a\",[\"a\",\"b\"]"));
        Assert.Equal(Tokenizer.Open(first.Path)!.Hash, Tokenizer.Open(second.Path)!.Hash);
        Assert.NotEqual(Tokenizer.Open(first.Path)!.Hash, Tokenizer.Open(third.Path)!.Hash);
    }

    [Fact]
    public void The_hash_is_the_same_however_the_file_spells_the_model()
    {
        using TemporaryFolder first = Folder(Small);
        using TemporaryFolder second = Folder(Small.Replace("\"type\":\"BPE\",", "").Replace("\"a b\",[\"a\",\"ab\"],\"a a\"", "[\"a\",\"b\"],\"a ab\",[\"a\",\"a\"]"));
        using TemporaryFolder third = Folder(Small.Replace("\"aab\":4,\"aa\":5", "\"aa\":5,\"aab\":4"));
        Assert.Equal(Tokenizer.Open(first.Path)!.Hash, Tokenizer.Open(second.Path)!.Hash);
        Assert.Equal(Tokenizer.Open(first.Path)!.Hash, Tokenizer.Open(third.Path)!.Hash);
    }

    /// <summary>A model without its type, and the ids of a text.</summary>
    [Theory]
    [InlineData("""{"unk_token":"?","continuing_subword_prefix":"##","max_input_chars_per_word":9,"vocab":{"?":0,"a":1,"##b":2}}""", "ab c", "1 2 0")]
    [InlineData("""{"unk_token":"?","vocab":{"?":0,"ab":1}}""", "ab c", "1 0")]
    [InlineData("""{"unk_id":0,"vocab":[["?",0],["a",-1],["b",-1],["ab",-3]]}""", "ab c", "1 2 0")]
    [InlineData("""{"vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}""", "ab a", "2 0")]
    public void A_model_that_does_not_name_its_type_is_known_by_its_keys(string model, string text, string ids)
    {
        using TemporaryFolder folder = Folder($$"""{"pre_tokenizer":{"type":"WhitespaceSplit"},"model":{{model}}}""");
        Assert.Equal(ids, string.Join(' ', Tokenizer.Open(folder.Path)!.Encode(text, addSpecialTokens: true)));
    }

    [Fact]
    public void A_token_that_stands_twice_in_the_vocabulary_has_the_later_id()
    {
        using TemporaryFolder folder = Folder(Small.Replace("\"b\":2,", "\"b\":7,\"b\":2,").Replace("\"aa\":5", "\"aa\":5,\"?\":8"));
        Tokenizer tokenizer = Tokenizer.Open(folder.Path)!;
        Assert.Equal([1, 9, 2, 8], [.. tokenizer.Encode("a <m> b x", addSpecialTokens: true)]);
        Assert.Null(tokenizer.TokenOf(7));
        using TemporaryFolder twice = Folder(Small.Replace("\"normalizer\":null,", "\"normalizer\":null,\"normalizer\":null,"));
        Assert.Equal("GATE3050", Assert.Throws<GateException>(() => Tokenizer.Open(twice.Path)).Diagnostic.Code);
    }

    [Fact]
    public void A_break_in_the_vocabulary_is_refused_with_its_place_in_the_file()
    {
        using TemporaryFolder folder = Folder(Small.Replace("\"b\":2,", "\"b\":2;"));
        GateException refused = Assert.Throws<GateException>(() => Tokenizer.Open(folder.Path));
        Assert.Equal(("GATE3050", 3), (refused.Diagnostic.Code, refused.Diagnostic.Location!.Line));
    }

    [Fact]
    public void Equal_sums_of_scores_are_equal_as_the_reference_rounds_them()
    {
        // The nearest double is ...282, the reference divides 14657070499962283 by ten to the fifteenth.
        Assert.Equal(-14.657070499962284, ReferenceNumber.Parse("-14.657070499962283"u8));
        foreach (string plain in (string[])["0", "-1.5", "12e2", "1.25E-3", "0.1", "-0"])
            Assert.Equal(double.Parse(plain, System.Globalization.CultureInfo.InvariantCulture), ReferenceNumber.Parse(Encoding.UTF8.GetBytes(plain)));
    }

    /// <summary>The class, its keys, the post-processor of the file, and the ids of "a" with special tokens.</summary>
    [Theory]
    [InlineData("LlamaTokenizerFast", "\"add_bos_token\":true", false, "9 1")]
    [InlineData("LlamaTokenizerFast", "\"add_bos_token\":false", true, "1")]
    [InlineData("LlamaTokenizer", "\"add_bos_token\":true,\"add_eos_token\":true", false, "9 1 11")]
    [InlineData("LlamaTokenizer", "\"model_max_length\":9", false, "9 1")]
    [InlineData("GemmaTokenizerFast", "\"add_bos_token\":false,\"add_eos_token\":true", true, "1 11")]
    [InlineData("PreTrainedTokenizerFast", "\"add_bos_token\":true", false, "1")]
    [InlineData("PreTrainedTokenizerFast", "\"add_bos_token\":false", true, "9 1")]
    public void Keys_that_add_sequence_tokens_outrank_the_post_processor_of_Llamas_kind(string kind, string keys, bool isTemplate, string ids)
    {
        const string Template = """
            {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<m>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
             "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"<m>":{"id":"<m>","ids":[9],"tokens":["<m>"]}}}
            """;
        using TemporaryFolder folder = Folder(isTemplate ? Small.Replace("\"post_processor\":null", $"\"post_processor\":{Template}") : Small);
        File.WriteAllText(folder.PathOf("tokenizer_config.json"), $$"""{"tokenizer_class":"{{kind}}","bos_token":"<m>","eos_token":"<mm>",{{keys}}}""");
        Tokenizer tokenizer = Tokenizer.Open(folder.Path)!;
        Assert.Equal(ids, string.Join(' ', tokenizer.Encode("a", addSpecialTokens: true)));
        Assert.Equal([1], [.. tokenizer.Encode("a", addSpecialTokens: false)]);
    }

    [Fact]
    public void A_key_that_adds_a_sequence_token_changes_the_hash_and_needs_the_token()
    {
        using TemporaryFolder folder = Folder(Small);
        string[] hashes = [.. ((string[])["true", "false"]).Select(value =>
        {
            File.WriteAllText(folder.PathOf("tokenizer_config.json"), $$"""{"tokenizer_class":"LlamaTokenizer","bos_token":"<m>","add_bos_token":{{value}}}""");
            return Tokenizer.Open(folder.Path)!.Hash;
        })];
        Assert.NotEqual(hashes[0], hashes[1]);
        File.WriteAllText(folder.PathOf("tokenizer_config.json"), """{"tokenizer_class":"LlamaTokenizer","bos_token":null,"add_bos_token":true}""");
        GateException refused = Assert.Throws<GateException>(() => Tokenizer.Open(folder.Path));
        Assert.Equal("GATE3054", refused.Diagnostic.Code);
        Assert.Contains("'add_bos_token'", refused.Message);
    }

    /// <summary>Texts are cut where no merge reaches; the ids are those of merging them whole.</summary>
    [Theory]
    [InlineData("ab ab  b", "3 6 3 6 8")]
    [InlineData("a bb b", "1 8 2 8")]
    [InlineData("x xab", "0 6 0 3")]
    [InlineData("  ", "6 6")]
    public void A_text_without_a_pre_tokenizer_is_merged_across_every_boundary_that_merges_cross(string text, string ids)
    {
        using TemporaryFolder folder = Folder("""
            {"model":{"type":"BPE","unk_token":"?","fuse_unk":true,"vocab":{"?":0,"a":1,"b":2,"ab":3," ":6," b":8},"merges":["a b"," b"]}}
            """.Replace("\" b\"]", "[\" \",\"b\"]]"));
        Assert.Equal(ids, string.Join(' ', Tokenizer.Open(folder.Path)!.Encode(text, addSpecialTokens: true)));
    }

    [Fact]
    public void A_folder_without_a_tokenizer_has_none()
    {
        using var folder = new TemporaryFolder();
        Assert.Null(Tokenizer.Open(folder.Path));
    }

    [Theory]
    [InlineData("gpt2_bytelevel_bpe")]
    [InlineData("llama3_split_bpe")]
    public void Any_text_survives_a_byte_level_round_trip(string name)
    {
        Tokenizer tokenizer = Tokenizer.Open(Repository.Fixture("tokenizers", name))!;
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            string wellFormed = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
            Assert.Equal(wellFormed, tokenizer.Decode(tokenizer.Encode(text ?? "", addSpecialTokens: false), skipSpecialTokens: false));
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("gpt2_bytelevel_bpe", "abcdefgh")]
    [InlineData("llama3_split_bpe", " ")]
    [InlineData("llama2_spm_bpe", "the quick brown ")]
    public void A_megabyte_without_a_break_takes_seconds_at_most(string name, string unit)
    {
        Tokenizer tokenizer = Tokenizer.Open(Repository.Fixture("tokenizers", name))!;
        string text = string.Concat(Enumerable.Repeat(unit, (1 << 20) / unit.Length));
        var clock = Stopwatch.StartNew();
        int[] ids = tokenizer.Encode(text, addSpecialTokens: false);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"{clock.Elapsed}");
        Assert.Equal(text, tokenizer.Decode(ids, skipSpecialTokens: true));
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {ids.Length} ids in {clock.ElapsedMilliseconds} ms");
    }

    private static TemporaryFolder Folder(string tokenizer)
    {
        var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("tokenizer.json"), tokenizer);
        return folder;
    }
}
