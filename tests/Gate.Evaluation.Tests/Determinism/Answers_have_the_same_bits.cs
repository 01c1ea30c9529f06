using System.Globalization;
using Gate.Evaluation.Tasks;
using Gate.Evaluation.Tests.Models;
using Gate.Models;
using Gate.Models.Inference;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Evaluation.Tests.Determinism;

/// <summary>Every kind of task on the sample model: no bit of an answer depends on what it was computed with. Vector widths are the matter of Gate.EndToEnd.</summary>
public sealed class Answers_have_the_same_bits : IDisposable
{
    private const int Items = 64;
    private readonly Model _checkpoint = Model.Open(Repository.PathOf("samples", "models", "facts-llama"));

    public void Dispose() => _checkpoint.Dispose();

    [Theory]
    [InlineData("lama")]
    [InlineData("factoid-qa")]
    [InlineData("mcqa")]
    [InlineData("incontext-qa")]
    [InlineData("perplexity")]
    public void For_batches_of_1_8_and_64_items_and_for_1_and_2_threads(string task)
    {
        string[] expected = Ask(task, batch: 64, threads: 1);
        Assert.True(expected.Length > 1, $"{expected.Length} items");
        Assert.Equal(expected, Ask(task, batch: 1, threads: 2));
        Assert.Equal(expected, Ask(task, batch: 8, threads: 1));
        Assert.Equal(expected, Ask(task, batch: 64, threads: 2));
    }

    [Theory]
    [InlineData("lama")]
    [InlineData("factoid-qa")]
    [InlineData("mcqa")]
    [InlineData("incontext-qa")]
    [InlineData("perplexity")]
    public void For_shuffled_items(string task)
    {
        string[] expected = Ask(task, batch: 64, threads: 2);
        Assert.Equal(expected, Ask(task, batch: 8, threads: 2, shuffle: 1));
        Assert.Equal(expected, Ask(task, batch: 64, threads: 2, shuffle: 2));
    }

    // Few questions where each has a passage to read.
    private string[] Ask(string name, int batch, int threads, int? shuffle = null)
    {
        TaskDefinition task = TaskCatalogue.Load(name, ".");
        using ILanguageModel model = LanguageModels.Load(_checkpoint, new InferenceOptions(new ComputeThreads(threads), BatchTokens: 16 * batch));
        TaskItem[] items = [.. TaskCatalogue.LoadItems(task, name is "lama" or "mcqa" ? Items : Items / 4, 7, model.Tokenizer)];
        if (shuffle is { } seed)
            new Random(seed).Shuffle(items);
        return [.. items.Chunk(batch).SelectMany(part => model.Ask(task, part)).OrderBy(result => result.ItemId, StringComparer.Ordinal).Select(Text)];
    }

    private static string Text(ItemResult result) => string.Join(
        ' ', [result.ItemId, result.Answer, Bits(result.Score), Bits(result.Weight), result.Margin is { } margin ? Bits(margin) : "none", $"{result.Invalid}",
            .. result.Metrics.Select(metric => $"{metric.Key}={Bits(metric.Value)}")]);

    private static string Bits(double value) => BitConverter.DoubleToInt64Bits(value).ToString("x16", CultureInfo.InvariantCulture);
}
