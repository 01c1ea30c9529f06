using System.Collections.Immutable;
using Gate.Results;

namespace Gate.Tests.Samples;

/// <summary>Tasks, layers and forgotten items of <see cref="SampleResults"/>.</summary>
internal static class SampleTasks
{
    private static readonly string[] Countries =
        ["Malaysia", "India", "Netherlands", "Côte d'Ivoire", "日本", "Norway", "Chile", "Kenya", "Österreich", "Peru"];

    public static ImmutableArray<TaskResult> Create(double loss) =>
    [
        Task("lama-cloze", "LAMA cloze", "cloze", 0.624, 1200, 1 - loss) with
        {
            Groups =
            [
                new GroupResult("P17 country", 300, 0.71, 0.71 * (1 - 2 * loss), 41, 6),
                new GroupResult("P36 capital", 300, 0.64, 0.64 * (1 - loss), 20, 5),
                new GroupResult("P103 native language", 600, 0.57, 0.57, 9, 10),
            ],
            OtherMetrics = [new MetricPair("p@5", 0.81, 0.78), new MetricPair("mrr", 0.702, 0.671)],
        },
        Task("factoid-qa", "Closed-book factoid QA", "closed-book-qa", 0.514, 800, 1 - 1.2 * loss),
        Task("mcqa", "Multiple-choice QA", "multiple-choice", 0.262, 400, 0.99) with
        {
            Chance = 0.25, Gateable = false, NotGateableReason = "dense score 0.262 is not clearly above chance 0.250",
            CorrectedRetention = new Estimate(double.NaN, double.NegativeInfinity, double.PositiveInfinity),
        },
        Task("heldout", "Held-out text", "perplexity", 9.31, 120, 1 - loss / 2) with
        {
            Metric = "perplexity", HigherIsBetter = false, CandidateScore = 9.31 / (1 - loss / 2), Flips = null,
        },
    ];

    public static ImmutableArray<LayerInfo> Layers()
    {
        (string Name, string Role, long Weights)[] parts =
        [
            ("self_attn.q_proj", "attention query", 65_536), ("self_attn.k_proj", "attention key", 32_768),
            ("self_attn.v_proj", "attention value", 32_768), ("self_attn.o_proj", "attention output", 65_536),
            ("mlp.gate_proj", "feed-forward gate", 172_032), ("mlp.up_proj", "feed-forward up", 172_032),
            ("mlp.down_proj", "feed-forward down", 172_032),
        ];
        return [.. Enumerable.Range(0, 4).SelectMany(block => parts.Select((part, i) => new LayerInfo
        {
            Name = $"model.layers.{block}.{part.Name}", Role = part.Role, Weights = part.Weights, Bits = block == 0 && i == 6 ? 8 : 4, GroupSize = 64,
            Sparsity = 0.25, WeightError = 0.008 + 0.002 * i + 0.001 * block, OutputError = 0.004 + 0.003 * i,
            Fallback = block == 3 && i == 0 ? "dead inputs: 3 columns left as they were" : null,
        }))];
    }

    public static ImmutableArray<ForgottenItem> Forgotten(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new ForgottenItem
        {
            Task = i % 3 == 0 ? "factoid-qa" : "lama-cloze", Id = $"qa-P17-{i:x4}", Group = i % 2 == 0 ? "P17 country" : null,
            Question = $"In which country is Berhala Island {i}, Sabah located?", Expected = Countries[i % 10],
            DenseAnswer = Countries[i % 10], CandidateAnswer = i == 5 ? "" : Countries[(i + 3) % 10],
            DenseMargin = i % 7 == 6 ? null : 6.5 - 0.13 * i,
        })];

    private static TaskResult Task(string name, string title, string kind, double dense, int items, double retention)
    {
        int kept = (int)(items * dense * 0.88);
        return new TaskResult
        {
            Name = name,
            Title = title,
            Kind = kind,
            Protocol = $"gate/{name}@1",
            Metric = "exact_match",
            HigherIsBetter = true,
            Items = items,
            Clusters = items / 10,
            DenseScore = dense,
            CandidateScore = dense * retention,
            Chance = 0,
            Gateable = true,
            Retention = new Estimate(retention, retention - 0.02, retention + 0.018),
            CorrectedRetention = new Estimate(retention, retention - 0.021, retention + 0.019),
            Flips = new FlipTable(kept, 47, 21, items - kept - 68),
            DenseInvalid = 0,
            CandidateInvalid = 1,
            Prompt = new PromptInfo("Question: {question}\nAnswer:", new string('d', 64), new string('e', 64), true),
        };
    }
}
