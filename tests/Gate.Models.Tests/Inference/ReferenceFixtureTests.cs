using Gate.Models.Blueprints;
using Gate.Models.Families;
using Gate.Models.Questions;
using Gate.Models.Tests.Families.Binary64;
using Gate.Tests;

namespace Gate.Models.Tests.Inference;

/// <summary>Gate against the outputs of the Hugging Face modelling code: every folder of the fixtures.</summary>
public sealed class ReferenceFixtureTests
{
    private const double Tolerance = 1e-4;

    // The reference of this fixture cast the whole module, rotary frequencies included, to bfloat16 and back. A model that is loaded keeps its frequencies
    // in binary32, and so does Gate: the weights, shards and formats are held by the first positions, which are hardly turned, and by the greedy choices.
    private const string RoundedFrequencies = "llama_bf16_sharded";

    // Families whose modelling code is a copy of another's, word for word; the fixture is read under their names.
    private static readonly Dictionary<string, string> SameCode = new(StringComparer.Ordinal) { ["camembert"] = "roberta", ["xlm-roberta"] = "roberta", ["mt5"] = "t5_v1_1" };

    public static TheoryData<string> Fixtures => [.. Names];

    public static TheoryData<string> Generating => [.. Names.Where(fixture => KindOf(fixture) != ModelKind.Masked)];

    private static IEnumerable<string> Names => Directory.EnumerateDirectories(Repository.Fixture("architectures")).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal);

    [Fact]
    public void Every_registered_family_is_held_by_a_fixture_by_its_equations_or_by_llama_cpp()
    {
        HashSet<string> held = [.. SameCode.Keys, .. EquationTests.Families, .. PeerFamilies.OfLlamaCpp];
        foreach (string fixture in Names)
        {
            using Model model = Open(fixture);
            held.Add(model.Checkpoint.Configuration.ModelType);
        }

        Assert.Empty(FamilyRegistry.Names.Except(held));
    }

    [Fact]
    public void Families_that_share_the_code_of_another_share_its_logits()
    {
        foreach ((string family, string fixture) in SameCode)
        {
            string folder = Directory.CreateTempSubdirectory("gate-same-code-").FullName;
            try
            {
                string source = Repository.Fixture("architectures", fixture), configuration = File.ReadAllText(Path.Combine(source, "config.json"));
                string original = configuration.Split("\"model_type\": \"")[1].Split('"')[0];
                File.WriteAllText(Path.Combine(folder, "config.json"), configuration.Replace($"\"model_type\": \"{original}\"", $"\"model_type\": \"{family}\"", StringComparison.Ordinal));
                File.Copy(Path.Combine(source, "model.safetensors"), Path.Combine(folder, "model.safetensors"));
                GoldenTensors golden = GoldenTensors.Of(fixture);
                using LoadedModel loaded = LoadedModel.Folder(folder);
                for (int sequence = 0; sequence < golden.SequenceCount; sequence++)
                    AssertClose(golden.Singles($"seq{sequence}.logits"), loaded.Logits(Request(golden, sequence)), fixture, $"{family}, sequence {sequence}");
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Logits_of_every_sequence_agree(string fixture)
    {
        GoldenTensors golden = GoldenTensors.Of(fixture);
        using LoadedModel loaded = LoadedModel.Fixture(fixture);
        Assert.True(golden.SequenceCount >= 3);
        for (int sequence = 0; sequence < golden.SequenceCount; sequence++)
        {
            float[] expected = golden.Singles($"seq{sequence}.logits"), actual = loaded.Logits(Request(golden, sequence));
            int compared = fixture == RoundedFrequencies ? loaded.Model.VocabularySize : expected.Length;
            AssertClose(expected[..compared], actual[..compared], fixture, $"sequence {sequence}");
        }
    }

    [Theory]
    [MemberData(nameof(Generating))]
    public void Log_probabilities_of_the_next_tokens_agree_whatever_is_scored_with_them(string fixture)
    {
        if (fixture == RoundedFrequencies)
            return;
        GoldenTensors golden = GoldenTensors.Of(fixture);
        using LoadedModel loaded = LoadedModel.Fixture(fixture);
        bool encodes = loaded.Model.Kind == ModelKind.EncoderDecoder;

        // The last token of a sequence is never read here, which dynamic scaling would notice: the reference saw it.
        int[] sequences = [.. Enumerable.Range(0, golden.SequenceCount).Where(i => fixture != "llama_rope_dynamic" || golden.Ids($"seq{i}.input_ids").Length <= 16)];
        IReadOnlyList<ContinuationScore> scores = loaded.Model.ScoreContinuations(
            [
                .. sequences.Select(i => golden.Ids($"seq{i}.input_ids")).Zip(sequences, (ids, i) => encodes
                    ? new ContinuationRequest(ids, golden.Ids($"seq{i}.labels"))
                    : new ContinuationRequest(ids.AsMemory(0, 1), ids.AsMemory(1))),
            ],
            null, TestContext.Current.CancellationToken);
        foreach ((int sequence, ContinuationScore score) in sequences.Zip(scores))
        {
            AssertClose(
                golden.Singles($"seq{sequence}.{(encodes ? "label" : "next")}_logprobs"), [.. score.LogProbabilities.Select(value => (float)value)],
                fixture, $"sequence {sequence}");
        }
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Log_probabilities_of_masked_tokens_agree_whatever_is_scored_with_them(string fixture)
    {
        if (KindOf(fixture) != ModelKind.Masked || fixture.Contains("bert_hub", StringComparison.Ordinal))
            return;
        GoldenTensors golden = GoldenTensors.Of(fixture);
        using LoadedModel loaded = LoadedModel.Fixture(fixture, batchTokens: 30);
        MaskRequest[] requests =
        [
            .. Enumerable.Range(0, golden.SequenceCount).Where(i => !golden.Has($"seq{i}.token_type_ids") || !golden.Ids($"seq{i}.token_type_ids").Contains(1))
                .SelectMany(i => golden.Ids($"seq{i}.labels").Select((label, position) => new MaskRequest(golden.Ids($"seq{i}.input_ids"), position, new[] { label }, 3))),
        ];
        IReadOnlyList<NextTokenScores> scores = loaded.Model.ScoreMasks(requests, null, TestContext.Current.CancellationToken);
        float[] expected =
        [
            .. Enumerable.Range(0, golden.SequenceCount).Where(i => !golden.Has($"seq{i}.token_type_ids") || !golden.Ids($"seq{i}.token_type_ids").Contains(1))
                .SelectMany(i => golden.Singles($"seq{i}.label_logprobs")),
        ];
        AssertClose(expected, [.. scores.Select(score => (float)score.TargetLogProbabilities[0])], fixture, "masks");
    }

    [Theory]
    [MemberData(nameof(Generating))]
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

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Padded_batches_of_the_reference_agree_with_ragged_batches(string fixture)
    {
        GoldenTensors golden = GoldenTensors.Of(fixture);
        if (fixture == RoundedFrequencies)
            return;
        using LoadedModel loaded = LoadedModel.Fixture(fixture);
        foreach (string batch in new[] { "batch_left", "batch_right" }.Where(batch => golden.Has($"{batch}.logits")))
        {
            bool encodes = loaded.Model.Kind == ModelKind.EncoderDecoder;
            for (int row = 0; row < golden.Shape($"{batch}.input_ids")[0]; row++)
            {
                int[] read = Valid("input_ids", "attention_mask"), types = golden.Has($"{batch}.token_type_ids") ? Valid("token_type_ids", "attention_mask") : [];
                LogitsRequest request = encodes ? new(Valid("decoder_input_ids", "decoder_valid")) { EncoderIds = read } : new(read) { Types = types };
                (int first, int count) = Span(encodes ? "decoder_valid" : "attention_mask");
                int vocabulary = loaded.Model.VocabularySize, length = golden.Shape($"{batch}.logits")[1];
                AssertClose(
                    golden.Singles($"{batch}.logits").AsSpan(((row * length) + first) * vocabulary, count * vocabulary).ToArray(), loaded.Logits(request), fixture, $"{batch} row {row}");

                int[] Valid(string values, string mask)
                {
                    (int start, int many) = Span(mask);
                    return golden.Ids($"{batch}.{values}").AsSpan((row * golden.Shape($"{batch}.{values}")[1]) + start, many).ToArray();
                }

                (int First, int Count) Span(string mask)
                {
                    int width = golden.Shape($"{batch}.{mask}")[1];
                    ReadOnlySpan<int> marks = golden.Ids($"{batch}.{mask}").AsSpan(row * width, width);
                    return (marks.IndexOf(1), marks.Count(1));
                }
            }
        }
    }

    private static LogitsRequest Request(GoldenTensors golden, int sequence)
    {
        string name = $"seq{sequence}.";
        int[] ids = golden.Ids($"{name}input_ids");
        return golden.Has($"{name}decoder_input_ids")
            ? new LogitsRequest(golden.Ids($"{name}decoder_input_ids")) { EncoderIds = ids }
            : new LogitsRequest(ids) { Types = golden.Has($"{name}token_type_ids") ? golden.Ids($"{name}token_type_ids") : [] };
    }

    private static ModelKind KindOf(string fixture)
    {
        using Model model = Open(fixture);
        return model.Kind;
    }

    private static Model Open(string fixture) => Model.Open(Repository.Fixture("architectures", fixture));

    private static void AssertClose(float[] expected, float[] actual, string fixture, string what)
    {
        // The suggested tolerance of this fixture is five times as large.
        double tolerance = fixture == "t5_v1_1" ? 5 * Tolerance : Tolerance;
        Assert.Equal(expected.Length, actual.Length);
        double worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]);
            worst = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(worst, difference);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{fixture}, {what}: largest difference {worst:e2}");
        Assert.True(worst <= tolerance, $"{fixture}, {what}: largest difference {worst:e2}");
    }
}
