using System.Text.Json;
using Gate.Models.Tokenization;
using Gate.Tests;

namespace Gate.Models.Tests.Tokenization;

/// <summary>Every string of every fixture, against the ids of the Hugging Face library.</summary>
public sealed class TokenizerFixtureTests
{
    public static TheoryData<string> Fixtures() =>
        [.. Directory.EnumerateDirectories(Repository.Fixture("tokenizers")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Every_string_has_the_reference_ids_tokens_and_texts(string name)
    {
        (Tokenizer tokenizer, JsonElement expected) = Open(name);
        foreach (JsonElement item in expected.GetProperty("cases").EnumerateArray())
        {
            string text = item.GetProperty("text").GetString()!;
            int[] ids = Ids(item, "ids");
            int[] plain = Ids(item, "ids_no_special");
            Assert.Equal((text, string.Join(' ', plain)), (text, string.Join(' ', tokenizer.Encode(text, addSpecialTokens: false))));
            Assert.Equal((text, string.Join(' ', ids)), (text, string.Join(' ', tokenizer.Encode(text, addSpecialTokens: true))));
            Assert.Equal(item.GetProperty("decoded").GetString(), tokenizer.Decode(plain, skipSpecialTokens: false));
            Assert.Equal(item.GetProperty("decoded_skip_special").GetString(), tokenizer.Decode(ids, skipSpecialTokens: true));
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Tokens_are_spelled_as_in_the_vocabulary(string name)
    {
        (Tokenizer tokenizer, JsonElement expected) = Open(name);
        foreach (JsonElement item in expected.GetProperty("cases").EnumerateArray())
        {
            // For added tokens, and for unknown ones, the reference gives the matched text instead.
            string[] tokens = [.. item.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!)];
            int[] plain = Ids(item, "ids_no_special");
            Assert.Equal(tokens.Length, plain.Length);
            for (int i = 0; i < plain.Length; i++)
            {
                string? found = tokenizer.TokenOf(plain[i]);
                bool isUnknown = found == "<unk>" && tokenizer.IdOf(tokens[i]) is null;
                Assert.True(found == tokens[i] || found == tokens[i].Trim() || isUnknown, $"{name}: {plain[i]} is {found}, expected {tokens[i]}");
                Assert.Equal(plain[i], tokenizer.IdOf(found!));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Pairs_have_the_reference_ids_and_segments(string name)
    {
        (Tokenizer tokenizer, JsonElement expected) = Open(name);
        foreach (JsonElement item in expected.GetProperty("pairs").EnumerateArray())
        {
            PairEncoding found = tokenizer.EncodePair(item.GetProperty("text").GetString()!, item.GetProperty("pair").GetString()!, addSpecialTokens: true);
            Assert.Equal(Ids(item, "ids"), found.Ids);
            Assert.Equal(Ids(item, "type_ids"), found.TypeIds);
        }
    }

    [Fact]
    public void The_sample_models_golden_texts_have_the_golden_ids()
    {
        string folder = Repository.PathOf("samples", "models", "facts-llama");
        Tokenizer tokenizer = Tokenizer.Open(folder)!;
        Assert.Equal(4095, tokenizer.BeginningOfSequence);
        Assert.Equal(4095, tokenizer.EndOfSequence);
        Assert.Equal(4096, tokenizer.VocabularySize);
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        JsonElement[] items = [.. golden.RootElement.GetProperty("items").EnumerateArray()];
        Assert.NotEmpty(items);
        Assert.All(items, item => Assert.Equal(Ids(item, "ids"), tokenizer.Encode(item.GetProperty("text").GetString()!, addSpecialTokens: true)));
    }

    [Theory]
    [InlineData("gpt2_bytelevel_bpe", 3256, 3256)]
    [InlineData("roberta_bytelevel_bpe", 0, 2)]
    [InlineData("llama3_split_bpe", 3820, 3821)]
    [InlineData("qwen2_split_bpe", null, 3758)]
    [InlineData("llama2_spm_bpe", 1, 2)]
    public void Beginning_and_end_of_sequence_come_from_the_configuration(string name, int? beginning, int? end)
    {
        Tokenizer tokenizer = Open(name).Tokenizer;
        Assert.Equal(beginning, tokenizer.BeginningOfSequence);
        Assert.Equal(end, tokenizer.EndOfSequence);
    }

    private static (Tokenizer Tokenizer, JsonElement Expected) Open(string name)
    {
        string folder = Repository.Fixture("tokenizers", name);
        return (Tokenizer.Open(folder)!, JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json"))).RootElement);
    }

    private static int[] Ids(JsonElement item, string key) => [.. item.GetProperty(key).EnumerateArray().Select(id => id.GetInt32())];
}
