using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gate.Evaluation.Metrics;
using Gate.Evaluation.Normalization;
using Gate.Evaluation.Sampling;
using Gate.Evaluation.Tasks;
using Gate.Models.Questions;
using Gate.Tests;

namespace Gate.Evaluation.Tests.Metrics;

/// <summary>Made-up log-likelihoods and hand-made generations through the built-in tasks, beside what the reference harness and the published scorers make of them
/// (tests/Fixtures/knowledge).</summary>
public sealed class Metrics_agree_with_the_harness
{
    private const double Close = 1e-12;

    public static TheoryData<string> Generations { get; } =
        [.. Directory.EnumerateFiles(Folder, "gen_*.json").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Choices { get; } =
        [.. Directory.EnumerateFiles(Folder, "mc_*.json").Select(path => Path.GetFileNameWithoutExtension(path)!).Where(name => name != "mc_nonfinite").Order(StringComparer.Ordinal)];

    private static string Folder => Repository.Fixture("knowledge", "metrics");

    // The harness decides minerva_math by symbolic algebra, by which a matrix is unequal to itself; the built-in task is called gate/minerva_math for that reason.
    [Theory]
    [MemberData(nameof(Generations))]
    public void Extractions_and_exact_match(string file)
    {
        JsonElement root = Read(file);
        TaskDefinition task = TaskOf(root.GetProperty("task").GetString()!);
        List<string> wrong = [];
        foreach (JsonElement row in root.GetProperty("rows").EnumerateArray())
        {
            JsonElement target = row.TryGetProperty("answer", out JsonElement own) ? own : row.GetProperty("target");
            TaskItem item = new()
            {
                Id = "i",
                Prompt = "",
                Chance = 0,
                Hash = "",
                Question = row.TryGetProperty("question", out JsonElement question) ? question.GetString() : null,
                Answers = target.ValueKind == JsonValueKind.Array ? [.. target.EnumerateArray().Select(each => each.GetString()!)] : [target.GetString()!],
            };
            string text = Forms.Generation.BeforeStops(row.GetProperty("generation").GetString()!, task.Settings.Stops);
            ImmutableDictionary<string, double> measured = Forms.Generation.Measures(task, item, text).ToImmutableDictionary();
            string metric = task.Metric.Split(',')[0];
            foreach (JsonProperty filter in row.GetProperty("filters").EnumerateObject())
            {
                bool first = filter.Name == task.Settings.Extractions[0].Name || filter.Name == "none";
                double expected = filter.Value.GetProperty("exact_match").GetDouble();
                double actual = measured[first ? metric : $"{metric},{filter.Name}"];
                if (actual != expected && !IsUnequalToItself(task, target))
                    wrong.Add($"{filter.Name}: {actual} for {expected}: {text} | {target}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [MemberData(nameof(Choices))]
    public void Accuracies_of_choices(string file)
    {
        foreach (JsonElement row in Read(file).GetProperty("rows").EnumerateArray())
        {
            ImmutableArray<string> choices = [.. row.GetProperty("choices").EnumerateArray().Select(choice => choice.GetString()!)];
            JsonElement gold = row.GetProperty("gold");
            ChoiceOutcome outcome = new(Numbers(row, "loglikelihoods"), choices, [gold.ValueKind == JsonValueKind.Number ? gold.GetInt32() : choices.IndexOf(gold.GetString()!)])
            {
                Unconditional = Numbers(row, "unconditional"),
                Greedy = row.TryGetProperty("is_greedy", out JsonElement greedy) ? [.. greedy.EnumerateArray().Select(each => each.GetBoolean())] : [.. choices.Select(_ => false)],
            };
            foreach (JsonProperty result in row.GetProperty("result").EnumerateObject().Where(result => result.Value.ValueKind == JsonValueKind.Number))
                Assert.Equal(result.Value.GetDouble(), ChoiceMetrics.All.First(metric => metric.Name == result.Name).Score(outcome), Close);
        }
    }

    // Where it differs on purpose: the harness's arg-max takes NaN for the largest, so a model that gives no number answers the first choice everywhere.
    [Fact]
    public void Numbers_that_are_not_finite_make_an_item_invalid()
    {
        TaskDefinition task = TaskCatalogue.Load("truthfulqa_mc1", ".");
        foreach (JsonElement row in Read("mc_nonfinite").GetProperty("rows").EnumerateArray())
        {
            ContinuationScore[] scores = [.. row.GetProperty("loglikelihoods").EnumerateArray().Select(value => new ContinuationScore([Number(value)], false))];
            TaskItem item = new() { Id = "i", Prompt = "", Chance = 0.5, Hash = "", Answers = ["a"], Choices = ["a", "b"], AnswerIndex = row.GetProperty("gold").GetInt32() };
            if (scores.All(score => double.IsFinite(score.LogLikelihood)))
                continue;
            ItemResult result = Forms.Choices.Judge(task, item, scores, [], truncated: false);
            Assert.True(result is { Invalid: true, Score: 0 });
        }
    }

    [Fact]
    public void The_weight_of_true_answers()
    {
        foreach (JsonElement row in Read("truthfulqa_mc2").GetProperty("rows").EnumerateArray())
        {
            int[] labels = [.. row.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32())];
            ImmutableArray<double> values = Numbers(row, "loglikelihoods");
            ChoiceOutcome outcome = new(values, [.. labels.Select(_ => "x")], [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] == 1)]);
            double score = ChoiceMetrics.All.First(metric => metric.Name == "mc2").Score(outcome);
            if (row.GetProperty("acc").ValueKind == JsonValueKind.Number)
                Assert.Equal(row.GetProperty("acc").GetDouble(), score, 1e-9);
            Assert.InRange(score, 0, 1);
        }
    }

    [Fact]
    public void Overlap_of_summaries()
    {
        foreach (JsonElement row in Read("rouge").GetProperty("rows").EnumerateArray())
        {
            string reference = row.GetProperty("reference").GetString()!, prediction = row.GetProperty("prediction").GetString()!;
            foreach (bool stem in (bool[])[true, false])
            {
                JsonElement expected = row.GetProperty(stem ? "stem" : "nostem");
                Same(expected, "rouge1", Rouge.OfGrams(1, prediction, reference, stem), row);
                Same(expected, "rouge2", Rouge.OfGrams(2, prediction, reference, stem), row);
                Same(expected, "rougeL", Rouge.OfSequence(prediction, reference, stem), row);
                Same(expected, "rougeLsum", Rouge.OfSentences(prediction, reference, stem), row);
            }
        }
    }

    [Fact]
    public void Stems()
    {
        string[][] pairs = [.. File.ReadLines(Path.Combine(Folder, "porter_stems.tsv")).Where(line => line.Length > 0).Select(line => line.Split('\t'))];
        Assert.NotEmpty(pairs);
        Assert.Equal([], pairs.Where(pair => PorterStemmer.Stem(pair[0]) != pair[1]).Select(pair => $"{pair[0]}: {PorterStemmer.Stem(pair[0])}, expected {pair[1]}"));
    }

    [Fact]
    public void Boxes_and_normal_forms_of_mathematics()
    {
        foreach (JsonElement row in Read("math_boxed").GetProperty("rows").EnumerateArray())
        {
            string? box = MathText.LastBoxed(row.GetProperty("text").GetString()!);
            Assert.Equal(row.GetProperty("last_boxed_only_string").GetString(), box);
            if (row.GetProperty("remove_boxed").GetString() is { } inside)
                Assert.Equal(inside.StartsWith("EXC", StringComparison.Ordinal) ? null : inside, MathText.RemoveBox(box!));
        }

        foreach (JsonElement row in Read("math_equivalence").GetProperty("rows").EnumerateArray())
        {
            string[] pair = [row.GetProperty("a").GetString()!, row.GetProperty("b").GetString()!];
            Assert.Equal(row.GetProperty("minerva_normalised").EnumerateArray().Select(each => each.GetString()), pair.Select(MathText.MinervaForm));
            Assert.Equal(row.GetProperty("hendrycks_is_equiv").GetBoolean(), MathText.AreEqualByHendrycks(pair[0], pair[1]));
            string[] stripped = [.. row.GetProperty("hendrycks_stripped").EnumerateArray().Select(each => each.GetString()!)];
            if (stripped[0].StartsWith("EXC", StringComparison.Ordinal))
                Assert.Contains(pair, text => MathText.HendrycksForm(text) is null);
            else
                Assert.Equal(stripped, pair.Select(text => MathText.HendrycksForm(text)));
        }
    }

    [Fact]
    public void Perplexities_by_words_and_bytes_and_of_last_words()
    {
        JsonElement wikitext = Read("wikitext"), aggregate = wikitext.GetProperty("aggregate");
        ItemResult[] words = [.. wikitext.GetProperty("rows").EnumerateArray().Select(row => Loss(row, row.GetProperty("words").GetDouble()))];
        ItemResult[] bytes = [.. wikitext.GetProperty("rows").EnumerateArray().Select(row => Loss(row, row.GetProperty("bytes").GetDouble()))];
        Assert.Equal(aggregate.GetProperty("word_perplexity").GetDouble(), SummaryMetrics.Perplexity(words), 1e-9);
        Assert.Equal(aggregate.GetProperty("byte_perplexity").GetDouble(), SummaryMetrics.Perplexity(bytes), 1e-12);
        Assert.Equal(aggregate.GetProperty("bits_per_byte").GetDouble(), Math.Log2(SummaryMetrics.Perplexity(bytes)), 1e-12);
        JsonElement lambada = Read("lambada_openai");
        ItemResult[] last = [.. lambada.GetProperty("rows").EnumerateArray().Select(row => Loss(row, 1))];
        Assert.Equal(lambada.GetProperty("perplexity").GetDouble(), SummaryMetrics.Perplexity(last), 1e-12);
        Assert.Equal(lambada.GetProperty("acc").GetDouble(), lambada.GetProperty("rows").EnumerateArray().Average(row => row.GetProperty("is_greedy").GetBoolean() ? 1.0 : 0));
    }

    [Fact]
    public void Draws_of_examples()
    {
        JsonElement root = Read("fewshot_draws_gsm8k");
        PythonRandom stream = new(root.GetProperty("seed").GetUInt32());
        foreach (JsonElement row in root.GetProperty("rows").EnumerateArray())
            Assert.Equal(row.EnumerateArray().Select(each => each.GetInt32()), stream.Sample(root.GetProperty("pool").GetInt32(), root.GetProperty("k").GetInt32()));

        // Python's own: small populations are drawn from a pool.
        PythonRandom other = new(1234);
        Assert.Equal([99, 56, 14, 0, 11], other.Sample(100, 5));
        Assert.Equal([74, 4, 85, 88, 10], other.Sample(100, 5));
        Assert.Equal(4150886329u, new PythonRandom(1234).Bits(32));
    }

    private static ItemResult Loss(JsonElement row, double weight) => new() { ItemId = "i", Score = -row.GetProperty("loglikelihood").GetDouble(), Weight = weight, Answer = "" };

    private static bool IsUnequalToItself(TaskDefinition task, JsonElement target) =>
        task.Name == "minerva_math" && target.GetString()!.Contains("pmatrix", StringComparison.Ordinal);

    private static TaskDefinition TaskOf(string harness) => TaskCatalogue.Load(
        harness.StartsWith("bbh_cot_fewshot", StringComparison.Ordinal) ? "bbh_cot_fewshot"
        : harness.StartsWith("bbh_fewshot", StringComparison.Ordinal) ? "bbh_fewshot"
        : harness.StartsWith("hendrycks_math", StringComparison.Ordinal) ? "hendrycks_math"
        : harness.StartsWith("minerva_math", StringComparison.Ordinal) ? "minerva_math"
        : harness.StartsWith("mmlu_pro", StringComparison.Ordinal) ? "mmlu_pro"
        : harness.EndsWith("_generative", StringComparison.Ordinal) ? "mmlu_generative" : harness, ".");

    private static void Same(JsonElement expected, string name, RougeScore score, JsonElement row)
    {
        JsonElement values = expected.GetProperty(name);
        string what = $"{name} of {row.GetProperty("case").GetString()}";
        Assert.True(Math.Abs(values.GetProperty("p").GetDouble() - score.Precision) < Close, what);
        Assert.True(Math.Abs(values.GetProperty("r").GetDouble() - score.Recall) < Close, what);
        Assert.True(Math.Abs(values.GetProperty("f").GetDouble() - score.F) < Close, what);
    }

    private static ImmutableArray<double> Numbers(JsonElement row, string name) => [.. row.GetProperty(name).EnumerateArray().Select(Number)];

    private static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : value.GetString() switch
    {
        "nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        var text => double.Parse(text!, CultureInfo.InvariantCulture),
    };

    private static JsonElement Read(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, file + ".json")));
        return document.RootElement.Clone();
    }
}
