using System.Text;
using System.Text.Json;
using Gate.Evaluation.Normalization;
using Gate.Models.Tokenization.Unicode;
using Gate.Tests;

namespace Gate.Evaluation.Tests.Normalization;

/// <summary>Against strings normalised by the published Python code (CPython 3.11, Unicode 14).</summary>
public sealed class Normalizers_agree_with_Python
{
    private static readonly JsonElement[] _cases = [.. File.ReadLines(
            Repository.PathOf("tests", "Gate.Evaluation.Tests", "Normalization", "python-reference.jsonl"))
        .Select(line => JsonDocument.Parse(line).RootElement)];

    [Theory]
    [InlineData("exact/1", "exact")]
    [InlineData("squad/1", "squad")]
    [InlineData("triviaqa/1", "triviaqa")]
    [InlineData("gate-alias/1", "alias")]
    public void Every_reference_string_is_normalised_alike(string id, string column)
    {
        Normalizer normalizer = Normalizer.Find(id)!;
        Assert.All(_cases, line => Assert.Equal(line.GetProperty(column).GetString(), normalizer.Apply(line.GetProperty("text").GetString()!)));
        Assert.True(_cases.Length > 400);
    }

    [Fact]
    public void Compatibility_composition_equals_the_Unicode_standard() =>
        Assert.All(_cases, line => Assert.Equal(
            line.GetProperty("nfkc").GetString(), UnicodeNormalization.Normalize(line.GetProperty("text").GetString()!, NormalizationForm.FormKC)));

    [Fact]
    public void Normalising_twice_changes_nothing() => Assert.All(Normalizer.All.Where(normalizer => normalizer.Id != "gate-alias/1"), normalizer =>
        Assert.All(_cases, line =>
        {
            string once = normalizer.Apply(line.GetProperty("text").GetString()!);
            if (!once.Contains("i\u0307", StringComparison.Ordinal))
                Assert.Equal(once, normalizer.Apply(once));
        }));
}
