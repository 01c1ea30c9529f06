using System.Text.Json;
using Gate.Models.Inference;
using Gate.Models.Questions;

namespace Gate.Models.Tests.Inference;

/// <summary>No bit of an answer depends on how or with what else it was computed.</summary>
public sealed class InvarianceTests
{
    private static readonly int[] Question = [291, 25, 357, 352, 452, 262, 361, 259, 502, 3884, 258, 1393, 364, 526, 30, 198, 290, 25];

    public static TheoryData<int, int> BatchesAndThreads => new() { { 1, 1 }, { 8, 2 }, { 64, 1 }, { 64, 2 }, { 1024, 1 }, { 1024, 2 } };

    [Theory]
    [Trait("Complaint", "11")]
    [MemberData(nameof(BatchesAndThreads))]
    public void Scores_have_the_same_bits_for_every_batch_size_and_thread_count(int batchTokens, int threads)
    {
        ContinuationRequest[] requests = Requests();
        double[][] expected = ScoredOneByOne(requests);
        using LoadedModel loaded = LoadedModel.Facts(batchTokens, threads);
        Assert.Equal(expected, Scores(loaded.Model, requests));
    }

    [Fact]
    [Trait("Complaint", "11")]
    public void Scores_have_the_same_bits_in_every_order_of_the_requests()
    {
        ContinuationRequest[] requests = Requests();
        double[][] expected = ScoredOneByOne(requests);
        using LoadedModel loaded = LoadedModel.Facts(batchTokens: 50);
        int[] order = [.. Enumerable.Range(0, requests.Length)];
        new Random(7).Shuffle(order);
        double[][] shuffled = Scores(loaded.Model, [.. order.Select(index => requests[index])]);
        for (int i = 0; i < order.Length; i++)
            Assert.Equal(expected[order[i]], shuffled[i]);
    }

    [Fact]
    public void Scores_equal_a_full_pass_over_the_logits()
    {
        using LoadedModel loaded = LoadedModel.Facts();
        foreach (ContinuationRequest request in Requests())
        {
            int[] sequence = [.. request.Context.Span, .. request.Continuation.Span];
            float[] logits = loaded.Logits(sequence.AsMemory(0, sequence.Length - 1));
            IReadOnlyList<double> scored = loaded.Model.ScoreContinuations([request], null, TestContext.Current.CancellationToken)[0].LogProbabilities;
            for (int i = 0; i < scored.Count; i++)
            {
                ReadOnlySpan<float> row = logits.AsSpan((request.Context.Length - 1 + i) * loaded.Model.VocabularySize, loaded.Model.VocabularySize);
                Assert.Equal(row[request.Continuation.Span[i]] - Gate.Numerics.Softmax.LogSumExp.Compute(row), scored[i]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(BatchesAndThreads))]
    public void Generations_with_the_cache_have_the_bits_of_full_runs(int batchTokens, int threads)
    {
        int[][] contexts = Contexts();
        using LoadedModel reference = LoadedModel.Facts(threads: 1);
        using LoadedModel loaded = LoadedModel.Facts(batchTokens, threads);
        IReadOnlyList<Generation> generations = loaded.Model.Generate(
            [.. contexts.Select(context => new GenerationRequest(context, 6, [], []))], null, TestContext.Current.CancellationToken);
        for (int i = 0; i < contexts.Length; i++)
        {
            List<int> sequence = [.. contexts[i]];
            for (int step = 0; step < 6; step++)
            {
                NextTokenScores best = reference.Model.ScoreNextTokens(
                    [new NextTokenRequest(sequence.ToArray(), default, 1)], null, TestContext.Current.CancellationToken)[0];
                Assert.Equal(best.TopIds[0], generations[i].Ids[step]);
                Assert.Equal(best.TopLogProbabilities[0], generations[i].LogProbabilities[step]);
                sequence.Add(best.TopIds[0]);
            }
        }
    }

    [Fact]
    [Trait("Complaint", "12")]
    public void Generations_do_not_depend_on_the_memory_for_keys_and_values()
    {
        GenerationRequest[] requests = [.. Contexts().Select(context => new GenerationRequest(context, 12, [198], []))];
        using LoadedModel plenty = LoadedModel.Facts();
        using LoadedModel scarce = LoadedModel.Facts(keyValueBytes: 1);
        IReadOnlyList<Generation> expected = plenty.Model.Generate(requests, null, TestContext.Current.CancellationToken);
        IReadOnlyList<Generation> actual = scarce.Model.Generate(requests, null, TestContext.Current.CancellationToken);
        for (int i = 0; i < requests.Length; i++)
        {
            Assert.Equal(expected[i].Ids, actual[i].Ids);
            Assert.Equal(expected[i].LogProbabilities, actual[i].LogProbabilities);
            Assert.Equal(expected[i].Stop, actual[i].Stop);
        }
    }

    [Fact]
    public void Choices_of_one_question_share_its_computation()
    {
        using LoadedModel loaded = LoadedModel.Facts();
        int[][] choices = [[1951, 13], [1940, 13], [1951, 12, 5], [77]];
        ContinuationRequest[] requests = [.. choices.Select(choice => new ContinuationRequest(Question, choice))];
        double[][] together = Scores(loaded.Model, requests);

        // 18 tokens of the question, then one, one and one more: 1951, 1940 and 12 are read; last tokens never are.
        Assert.Equal(new InferenceCounters((4 * Question.Length) + 4, Question.Length + 3, 0), loaded.Model.Counters);
        Assert.Equal(ScoredOneByOne(requests), together);
    }

    private static ContinuationRequest[] Requests()
    {
        List<ContinuationRequest> requests = [];
        foreach (JsonElement item in SampleModelTests.GoldenItems())
        {
            int[] ids = SampleModelTests.Ids(item, "ids");
            requests.Add(new ContinuationRequest(ids, SampleModelTests.Ids(item, "continuation_ids")));
            requests.Add(new ContinuationRequest(ids.AsMemory(0, 3), ids.AsMemory(3)));
            requests.Add(new ContinuationRequest(ids.AsMemory(0, 1), ids.AsMemory(1, 5)));
            requests.Add(new ContinuationRequest(ids, new[] { 7, 8, 9 }));
        }

        return [.. requests, requests[0], requests[5]];
    }

    private static int[][] Contexts() =>
        [.. SampleModelTests.GoldenItems().Select(item => SampleModelTests.Ids(item, "ids")), Question, Question[..5], Question[..1]];

    private static double[][] ScoredOneByOne(ContinuationRequest[] requests)
    {
        using LoadedModel loaded = LoadedModel.Facts(threads: 1);
        return [.. requests.Select(request => Scores(loaded.Model, [request])[0])];
    }

    private static double[][] Scores(ILanguageModel model, ContinuationRequest[] requests) =>
        [.. model.ScoreContinuations(requests, null, TestContext.Current.CancellationToken).Select(score => score.LogProbabilities.ToArray())];
}
