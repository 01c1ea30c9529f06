using System.Text.Json;
using Gate.Models.Questions;
using Gate.Tests;

namespace Gate.Models.Tests.Inference;

/// <summary>The sample model against the values its card gives.</summary>
public sealed class SampleModelTests
{
    private const double Tolerance = 1e-3;

    [Fact]
    public void The_best_ten_logits_of_every_golden_item_agree()
    {
        using LoadedModel loaded = LoadedModel.Facts();
        foreach (JsonElement item in GoldenItems())
        {
            int[] ids = Ids(item, "ids");
            float[] last = loaded.Logits(ids).AsSpan((ids.Length - 1) * loaded.Model.VocabularySize).ToArray();
            NextTokenScores scores = loaded.Model.ScoreNextTokens([new NextTokenRequest(ids, default, 10)], null, TestContext.Current.CancellationToken)[0];
            int place = 0;
            foreach (JsonElement best in item.GetProperty("top10").EnumerateArray())
            {
                int id = best.GetProperty("id").GetInt32();
                Assert.Equal(id, scores.TopIds[place++]);
                Assert.Equal(best.GetProperty("logit").GetDouble(), last[id], Tolerance);
            }
        }
    }

    [Fact]
    public void The_continuations_of_every_golden_item_agree()
    {
        using LoadedModel loaded = LoadedModel.Facts();
        JsonElement[] items = [.. GoldenItems()];
        IReadOnlyList<ContinuationScore> scores = loaded.Model.ScoreContinuations(
            [.. items.Select(item => new ContinuationRequest(Ids(item, "ids"), Ids(item, "continuation_ids")))], null, TestContext.Current.CancellationToken);
        Assert.Equal(8, scores.Count);
        for (int i = 0; i < items.Length; i++)
        {
            Assert.Equal(items[i].GetProperty("continuation_logprob").GetDouble(), scores[i].LogLikelihood, Tolerance);
            Assert.True(scores[i].IsGreedy);
        }
    }

    internal static IEnumerable<JsonElement> GoldenItems()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Repository.PathOf("samples", "models", "facts-llama", "golden.json")));
        return [.. document.RootElement.GetProperty("items").EnumerateArray().Select(item => item.Clone())];
    }

    internal static int[] Ids(JsonElement item, string key) => [.. item.GetProperty(key).EnumerateArray().Select(id => id.GetInt32())];
}
