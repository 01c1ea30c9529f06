using Gate.Diagnostics;
using Gate.Models.Inference;
using Gate.Models.Questions;

namespace Gate.Models.Tests.Inference;

public sealed class LanguageModelTests
{
    private static readonly int[] Question = [291, 25, 366, 262, 293, 466, 265, 3720, 81, 491, 30, 198, 290, 25];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Ranks_count_every_better_token_and_ties_go_to_the_lower_id()
    {
        using LoadedModel loaded = LoadedModel.Facts();
        float[] row = loaded.Logits(Question).AsSpan((Question.Length - 1) * 4096).ToArray();
        int[] order = [.. Enumerable.Range(0, 4096).OrderByDescending(id => row[id]).ThenBy(id => id)];
        int[] few = [order[0], order[17], order[4095], 1321], many = [.. Enumerable.Range(0, 4096)];
        foreach (int[] targets in new[] { few, many })
        {
            NextTokenScores scores = loaded.Model.ScoreNextTokens([new NextTokenRequest(Question, targets, 100)], null, Token)[0];
            Assert.Equal(targets.Select(target => Array.IndexOf(order, target) + 1), scores.TargetRanks);
            Assert.Equal(order[..100], scores.TopIds);
        }

        NextTokenScores counted = loaded.Model.ScoreNextTokens([new NextTokenRequest(Question, few, 3)], null, Token)[0];
        Assert.Equal(few.Select(target => Array.IndexOf(order, target) + 1), counted.TargetRanks);
        Assert.Equal(order[..3], counted.TopIds);
    }

    [Fact]
    public void Probabilities_of_the_whole_vocabulary_sum_to_one()
    {
        using LoadedModel loaded = LoadedModel.Facts();
        NextTokenScores scores = loaded.Model.ScoreNextTokens([new NextTokenRequest(Question, default, 4096)], null, Token)[0];
        Assert.Equal(1, scores.TopLogProbabilities.Sum(Math.Exp), 1e-12);
    }

    [Fact]
    public void A_stop_id_ends_a_generation_and_is_not_part_of_it()
    {
        using LoadedModel loaded = LoadedModel.Facts();
        Generation free = loaded.Model.Generate([new GenerationRequest(Question, 4, [], [])], null, Token)[0];
        Generation stopped = loaded.Model.Generate([new GenerationRequest(Question, 4, [free.Ids[2]], [])], null, Token)[0];
        Assert.Equal(free.Ids.Take(2), stopped.Ids);
        Assert.Equal(free.LogProbabilities.Take(2), stopped.LogProbabilities);
        Assert.Equal(GenerationStop.StopId, stopped.Stop);
    }

    [Fact]
    public void A_stop_text_ends_a_generation_as_soon_as_it_is_complete()
    {
        using LoadedModel loaded = LoadedModel.Facts();
        int[] context = loaded.Model.Tokenizer!.Encode("Question: What is the genre of Sabriel?\nAnswer:", addSpecialTokens: false);
        Generation free = loaded.Model.Generate([new GenerationRequest(context, 6, [], [])], null, Token)[0];
        string text = loaded.Model.Tokenizer.Decode([.. free.Ids], skipSpecialTokens: false);
        Assert.StartsWith(" fantasy", text, StringComparison.Ordinal);
        Generation stopped = loaded.Model.Generate([new GenerationRequest(context, 6, [], ["zzz", "tasy"])], null, Token)[0];
        Assert.Equal(GenerationStop.StopText, stopped.Stop);
        Assert.Equal(free.Ids.Take(stopped.Ids.Count), stopped.Ids);
        Assert.Contains("tasy", loaded.Model.Tokenizer.Decode([.. stopped.Ids], skipSpecialTokens: false), StringComparison.Ordinal);
        Assert.DoesNotContain("tasy", loaded.Model.Tokenizer.Decode([.. stopped.Ids.SkipLast(1)], skipSpecialTokens: false), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_text_without_a_tokenizer_is_refused()
    {
        using LoadedModel loaded = LoadedModel.Fixture("llama_gqa");
        Assert.Equal("GATE3092", Assert.Throws<GateException>(
            () => loaded.Model.Generate([new GenerationRequest(new[] { 1 }, 1, [], ["."])], null, Token)).Diagnostic.Code);
    }

    [Fact]
    public void A_generation_ends_where_the_context_is_full()
    {
        using LoadedModel loaded = LoadedModel.Facts();
        int[] context = [.. Enumerable.Repeat(Question, 20).SelectMany(ids => ids).Take(loaded.Model.MaximumLength - 2)];
        Generation generation = loaded.Model.Generate([new GenerationRequest(context, 10, [], [])], null, Token)[0];
        Assert.Equal(GenerationStop.ContextFull, generation.Stop);
        Assert.Equal(3, generation.Ids.Count);
    }

    [Fact]
    public void A_generation_of_no_tokens_is_empty()
    {
        using LoadedModel loaded = LoadedModel.Facts();
        Generation generation = loaded.Model.Generate([new GenerationRequest(Question, 0, [], [])], null, Token)[0];
        Assert.Empty(generation.Ids);
        Assert.Equal(GenerationStop.Length, generation.Stop);
    }

    [Fact]
    public void Progress_ends_at_the_number_of_requests()
    {
        using LoadedModel loaded = LoadedModel.Facts(batchTokens: 8);
        Recorder scored = new(), generated = new();
        loaded.Model.ScoreContinuations([.. Enumerable.Range(1, 9).Select(n => new ContinuationRequest(Question.AsMemory(0, n), new[] { n }))], scored, Token);
        loaded.Model.Generate([.. Enumerable.Range(1, 9).Select(n => new GenerationRequest(Question.AsMemory(0, n), n, [], []))], generated, Token);
        Assert.Equal(9, scored.Values[^1]);
        Assert.Equal(9, generated.Values[^1]);
        Assert.Equal(scored.Values.Order(), scored.Values);
        Assert.True(scored.Values.Count > 1);
    }

    [Fact]
    public void Cancellation_is_noticed_between_batches_and_leaves_the_model_usable()
    {
        using LoadedModel loaded = LoadedModel.Facts(batchTokens: 4);
        ContinuationRequest[] requests = [new(Question.AsMemory(0, 1), Question.AsMemory(1))];
        double expected = loaded.Model.ScoreContinuations(requests, null, Token)[0].LogLikelihood;
        using CancellationTokenSource source = new();
        Recorder progress = new(() => source.Cancel());
        ContinuationRequest[] many = [.. Enumerable.Range(0, 50).Select(n => new ContinuationRequest(new[] { n, n + 1 }, new[] { n + 2 }))];
        Assert.Throws<OperationCanceledException>(() => loaded.Model.ScoreContinuations(many, progress, source.Token));
        Assert.InRange(progress.Values[^1], 1, 49);
        Assert.Throws<OperationCanceledException>(() => loaded.Model.Generate([new GenerationRequest(Question, 3, [], [])], null, source.Token));
        Assert.Equal(expected, loaded.Model.ScoreContinuations(requests, null, Token)[0].LogLikelihood);
    }

    [Fact]
    public void A_sequence_longer_than_the_model_sees_is_refused_with_both_lengths()
    {
        using LoadedModel loaded = LoadedModel.Facts();
        int[] longest = new int[257];
        Assert.Single(loaded.Model.ScoreContinuations([new ContinuationRequest(longest.AsMemory(0, 1), longest.AsMemory(1))], null, Token));
        GateException exception = Assert.Throws<GateException>(
            () => loaded.Model.ScoreContinuations([new ContinuationRequest(longest, longest.AsMemory(0, 1))], null, Token));
        Assert.Equal("GATE3087", exception.Diagnostic.Code);
        Assert.Contains("256", exception.Message, StringComparison.Ordinal);
        Assert.Contains("257", exception.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.InputUnavailable, exception.ExitCode);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4096)]
    [InlineData(int.MaxValue)]
    public void An_id_outside_the_vocabulary_is_refused(int id)
    {
        using LoadedModel loaded = LoadedModel.Facts();
        GateException exception = Assert.Throws<GateException>(() => loaded.Model.VisitLogits(new LogitsRequest(new[] { 1, id }), (_, _) => { }, Token));
        Assert.Equal("GATE3088", exception.Diagnostic.Code);
        Assert.Contains($"{id}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_context_is_refused()
    {
        using LoadedModel loaded = LoadedModel.Facts();
        Assert.Equal("GATE3089", Assert.Throws<GateException>(
            () => loaded.Model.Generate([new GenerationRequest(default, 1, [], [])], null, Token)).Diagnostic.Code);
    }

    [Fact]
    public void The_identity_names_family_weights_and_engine()
    {
        using LoadedModel loaded = LoadedModel.Facts();
        ModelIdentity identity = loaded.Model.Identity;
        Assert.Equal("llama", identity.Family);
        Assert.Equal(64, identity.WeightsHash.Length);
        Assert.Equal(64, identity.ConfigurationHash.Length);
        Assert.Equal($"managed/{Gate.Numerics.NumericsRevision.Current}", identity.Engine);
        Assert.Equal([4095], loaded.Model.EndOfTextIds);
        Assert.Equal(256, loaded.Model.MaximumLength);
        using LoadedModel other = LoadedModel.Fixture("llama_rope_linear"), plain = LoadedModel.Fixture("llama_gqa");
        Assert.NotEqual(plain.Model.Identity.ConfigurationHash, other.Model.Identity.ConfigurationHash);
    }

    private sealed class Recorder(Action? onReport = null) : IProgress<int>
    {
        public List<int> Values { get; } = [];

        public void Report(int value)
        {
            Values.Add(value);
            onReport?.Invoke();
        }
    }
}
