using System.Text.Json;
using Gate.Evaluation.Metrics;
using Gate.Evaluation.Tasks;
using Gate.Evaluation.Tests.Models;
using Gate.Models;
using Gate.Models.Inference;
using Gate.Tests;

namespace Gate.Evaluation.Tests;

/// <summary>The built-in tasks on the sample model, against the scores an independent implementation measured (golden.json, six digits).</summary>
public sealed class The_sample_model_scores_as_its_card_says : IDisposable
{
    private static readonly string _folder = Repository.PathOf("samples", "models", "facts-llama");

    private readonly Model _checkpoint;
    private readonly ILanguageModel _model;

    public The_sample_model_scores_as_its_card_says()
    {
        _checkpoint = Model.Open(_folder);
        _model = LanguageModels.Load(_checkpoint, InferenceOptions.Default);
    }

    [Theory]
    [InlineData("lama", "cloze", 1220)]
    [InlineData("lama-unseen", "cloze_unseen", 329)]
    [InlineData("factoid-qa", "qa", 1187)]
    [InlineData("mcqa", "mcqa", 1187)]
    [InlineData("incontext-qa", "incontext", 600)]
    [InlineData("incontext-qa-hard", "incontext_hard", 300)]
    public void With_every_item_of_a_task(string name, string golden, int count)
    {
        (ItemSelection selection, IReadOnlyList<ItemResult> results) = Ask(name);
        Assert.Equal(count, selection.Items.Length);
        Assert.Empty(selection.Excluded);
        Assert.DoesNotContain(results, result => result.Invalid);
        Assert.Equal(Golden(golden), Math.Round(SummaryMetrics.Mean(results), 6));
    }

    [Fact]
    public void With_the_perplexity_of_the_held_out_text()
    {
        (_, IReadOnlyList<ItemResult> results) = Ask("perplexity");
        Assert.Equal(Golden("ppl_tokens"), results.Sum(result => result.Weight));
        Assert.Equal(Golden("ppl"), SummaryMetrics.Perplexity(results), 5e-6);
    }

    [Fact]
    public void A_cloze_ranks_no_worse_among_candidates_than_in_the_whole_vocabulary()
    {
        (ItemSelection selection, IReadOnlyList<ItemResult> results) = Ask("lama", 200);
        Assert.All(results, result => Assert.True(result.Metrics["candidate_mrr"] >= result.Metrics["mrr"]));
        Assert.All(selection.Items, item => Assert.InRange(item.Choices.Length, 2, 200));
        Assert.All(selection.Items.Zip(results), pair => Assert.Equal(pair.Second.Score == 1, pair.First.Answers[0] == pair.Second.Answer));
        Assert.All(results, result => Assert.Equal(result.Score == 1, result.Margin > 0));
    }

    public void Dispose()
    {
        _model.Dispose();
        _checkpoint.Dispose();
    }

    private static double Golden(string score)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, "golden.json")));
        return document.RootElement.GetProperty("scores").GetProperty(score).GetDouble();
    }

    private (ItemSelection Selection, IReadOnlyList<ItemResult> Results) Ask(string name, int? limit = null)
    {
        TaskDefinition task = TaskCatalogue.Load(name, ".");
        ItemSelection selection = TaskCatalogue.SelectItems(task, limit, 7, _model.Tokenizer);
        return (selection, _model.Ask(task, selection.Items));
    }
}
