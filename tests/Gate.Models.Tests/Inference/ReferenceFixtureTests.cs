using Gate.Models.Questions;
using Gate.Tests;

namespace Gate.Models.Tests.Inference;

/// <summary>Gate against the outputs of the Hugging Face modelling code.</summary>
public sealed class ReferenceFixtureTests
{
    private const double Tolerance = 1e-4;

    public static TheoryData<string> Fixtures =>
    [
        "llama_attention_bias", "llama_gqa", "llama_head_dim", "llama_rope_dynamic", "llama_rope_linear",
        "llama_rope_llama3", "llama_rope_yarn", "mistral_sliding", "qwen2_tied", "qwen3_composed",
    ];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Logits_of_every_sequence_agree(string fixture)
    {
        GoldenTensors golden = GoldenTensors.Of(fixture);
        using LoadedModel loaded = LoadedModel.Fixture(fixture);
        Assert.True(golden.SequenceCount >= 3);
        for (int sequence = 0; sequence < golden.SequenceCount; sequence++)
        {
            float[] expected = golden.Singles($"seq{sequence}.logits");
            float[] actual = loaded.Logits(golden.Ids($"seq{sequence}.input_ids"));
            AssertClose(expected, actual, $"{fixture} sequence {sequence}");
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Log_probabilities_of_the_next_tokens_agree_whatever_is_scored_with_them(string fixture)
    {
        GoldenTensors golden = GoldenTensors.Of(fixture);
        using LoadedModel loaded = LoadedModel.Fixture(fixture);
        int[][] ids = [.. Enumerable.Range(0, golden.SequenceCount).Select(i => golden.Ids($"seq{i}.input_ids"))];

        // The last token of a sequence is never read here, which dynamic scaling would notice: the reference saw it.
        if (fixture == "llama_rope_dynamic")
            ids = [.. ids.Where(sequence => sequence.Length <= 16)];
        IReadOnlyList<ContinuationScore> scores = loaded.Model.ScoreContinuations(
            [.. ids.Select(sequence => new ContinuationRequest(sequence.AsMemory(0, 1), sequence.AsMemory(1)))], null, TestContext.Current.CancellationToken);
        for (int i = 0; i < ids.Length; i++)
        {
            int sequence = Enumerable.Range(0, golden.SequenceCount).First(index => golden.Ids($"seq{index}.input_ids").SequenceEqual(ids[i]));
            AssertClose(
                golden.Singles($"seq{sequence}.next_logprobs"), [.. scores[i].LogProbabilities.Select(value => (float)value)],
                $"{fixture} sequence {sequence}");
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Greedy_generations_agree(string fixture)
    {
        GoldenTensors golden = GoldenTensors.Of(fixture);
        using LoadedModel loaded = LoadedModel.Fixture(fixture);
        IReadOnlyList<Generation> generations = loaded.Model.Generate(
            [.. Enumerable.Range(0, golden.SequenceCount).Select(i => new GenerationRequest(golden.Ids($"seq{i}.input_ids"), 10, [], []))],
            null,
            TestContext.Current.CancellationToken);
        for (int i = 0; i < generations.Count; i++)
        {
            Assert.Equal(golden.Ids($"seq{i}.greedy_ids"), generations[i].Ids);
            Assert.Equal(GenerationStop.Length, generations[i].Stop);
            Assert.Equal(10, generations[i].LogProbabilities.Count);
        }
    }

    // The reference gives no batched run where the positions depend on the length.
    public static TheoryData<string> BatchedFixtures => [.. Fixtures.Select(row => row.Data).Where(fixture => fixture != "llama_rope_dynamic")];

    [Theory]
    [MemberData(nameof(BatchedFixtures))]
    public void Left_padded_batches_of_the_reference_agree_with_ragged_batches(string fixture)
    {
        GoldenTensors golden = GoldenTensors.Of(fixture);
        using LoadedModel loaded = LoadedModel.Fixture(fixture);
        int[] mask = golden.Ids("batch_left.attention_mask"), ids = golden.Ids("batch_left.input_ids");
        float[] logits = golden.Singles("batch_left.logits");
        int length = golden.Shape("batch_left.input_ids")[1], vocabulary = loaded.Model.VocabularySize;
        for (int row = 0; row < golden.Shape("batch_left.input_ids")[0]; row++)
        {
            int padding = mask.AsSpan(row * length, length).IndexOf(1);
            int start = (row * length) + padding, count = length - padding;
            AssertClose(
                logits.AsSpan(start * vocabulary, count * vocabulary).ToArray(), loaded.Logits(ids.AsMemory(start, count)), $"{fixture} row {row}");
        }
    }

    /// <summary>
    /// The reference outputs of this fixture were made after the whole module, rotary frequencies included, had been cast to bfloat16 and back. A model
    /// that is loaded keeps its frequencies in binary32, and so does Gate. With the frequencies rounded as they were there, all values agree.
    /// </summary>
    [Fact]
    public void Logits_of_bfloat16_shards_agree_once_the_frequencies_are_rounded_as_the_reference_had_them()
    {
        const string Fixture = "llama_bf16_sharded";
        GoldenTensors golden = GoldenTensors.Of(Fixture);
        using LoadedModel rounded = LoadedModel.WithRoundedFrequencies(Repository.Fixture("architectures", Fixture));
        using LoadedModel plain = LoadedModel.Fixture(Fixture);
        for (int sequence = 0; sequence < golden.SequenceCount; sequence++)
        {
            int[] ids = golden.Ids($"seq{sequence}.input_ids");
            float[] expected = golden.Singles($"seq{sequence}.logits");
            AssertClose(expected, rounded.Logits(ids), $"{Fixture} sequence {sequence}");

            // Position 0 is not turned at all: there the weights alone decide.
            int vocabulary = plain.Model.VocabularySize;
            AssertClose(expected[..vocabulary], plain.Logits(ids)[..vocabulary], $"{Fixture} sequence {sequence}, position 0");
            Assert.Equal(
                golden.Ids($"seq{sequence}.greedy_ids"),
                plain.Model.Generate([new GenerationRequest(ids, 10, [], [])], null, TestContext.Current.CancellationToken)[0].Ids);
        }
    }

    private static void AssertClose(float[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]);
            worst = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(worst, difference);
        }

        Assert.True(worst <= Tolerance, $"{what}: largest difference {worst:e2}");
    }
}
