using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Verdicts.Tasks;

/// <summary>
/// A task's pairs, cleaned and in one fixed order (by id), so that no result depends on the order they came in. Outcomes that cannot be used
/// count as wrong for the model concerned.
/// </summary>
internal sealed class TaskSample
{
    private string? _fingerprint;

    private TaskSample(PairedTask task, PairedItem[] items)
    {
        Name = task.Name;
        IsPerplexity = task.IsPerplexity;
        SuiteWeight = task.SuiteWeight;
        Items = items;
        Dense = new double[items.Length];
        Candidate = new double[items.Length];
        Chance = new double[items.Length];
        Tokens = new double[items.Length];
        Cluster = new int[items.Length];
    }

    public string Name { get; }

    public bool IsPerplexity { get; }

    public double SuiteWeight { get; }

    /// <summary>The pairs, by id.</summary>
    public PairedItem[] Items { get; }

    /// <summary>Dense scores; summed negative log-likelihoods for perplexity.</summary>
    public double[] Dense { get; }

    public double[] Candidate { get; }

    public double[] Chance { get; }

    /// <summary>Scored tokens of each item for perplexity, otherwise 1.</summary>
    public double[] Tokens { get; }

    /// <summary>Number of the cluster of each item, from 0.</summary>
    public int[] Cluster { get; }

    public int Clusters => ClusterNames.Length;

    /// <summary>Name of each cluster; an equal name in another task's sample means the same cluster.</summary>
    public string[] ClusterNames { get; private set; } = [];

    public int DenseInvalid { get; private set; }

    public int CandidateInvalid { get; private set; }

    /// <summary>Whether all scores are 0 or 1.</summary>
    public bool IsRightWrong { get; private set; }

    /// <summary>The paired outcomes; all zero for graded scores.</summary>
    public PairedCounts Counts { get; private set; }

    /// <summary>Why nothing can be said about the task, or null.</summary>
    public string? Problem { get; private set; }

    public int Count => Items.Length;

    public double DenseMean => Mean(Dense);

    public double CandidateMean => Mean(Candidate);

    public double ChanceMean => Mean(Chance);

    /// <summary>What the sample says, whatever the task and its items are called: equal for copies of one task.</summary>
    public string Fingerprint => _fingerprint ??= Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, Count)
        .Select(i => string.Create(CultureInfo.InvariantCulture, $"{ClusterNames[Cluster[i]]}\t{Chance[i]:R}\t{Dense[i]:R}\t{Candidate[i]:R}\t{Tokens[i]:R}"))
        .Order(StringComparer.Ordinal)))));

    /// <summary>The fingerprint of several samples together.</summary>
    public static string FingerprintOf(IEnumerable<TaskSample> samples) => string.Join('+', samples.Select(sample => sample.Fingerprint).Order(StringComparer.Ordinal));

    /// <summary>Cleans a task.</summary>
    public static TaskSample From(PairedTask task, double maximumInvalidShare)
    {
        PairedItem[] items = task.Items.IsDefault ? [] : [.. task.Items.OrderBy(item => item.Id, StringComparer.Ordinal)];
        var sample = new TaskSample(task, items);
        sample.Clean();
        sample.Problem = sample.FindProblem(maximumInvalidShare);
        return sample;
    }

    private void Clean()
    {
        Dictionary<string, int> clusters = new(StringComparer.Ordinal);
        IsRightWrong = !IsPerplexity;
        int kept = 0, forgotten = 0, gained = 0, neverKnown = 0;
        for (int i = 0; i < Items.Length; i++)
        {
            PairedItem item = Items[i];
            bool denseUsable = !item.DenseInvalid && IsScore(item.Dense);
            bool candidateUsable = !item.CandidateInvalid && IsScore(item.Candidate);
            DenseInvalid += denseUsable ? 0 : 1;
            CandidateInvalid += candidateUsable ? 0 : 1;
            Dense[i] = denseUsable ? item.Dense : 0;
            Candidate[i] = candidateUsable ? item.Candidate : 0;
            Chance[i] = item.Chance;
            Tokens[i] = item.Weight;

            // An item without a cluster is one of its own; the prefix keeps its name apart from every label.
            string key = item.Cluster is null ? $"item {Name}\n{item.Id}" : $"cluster {item.Cluster}";
            if (!clusters.TryGetValue(key, out int cluster))
                clusters.Add(key, cluster = clusters.Count);
            Cluster[i] = cluster;

            IsRightWrong &= Dense[i] is 0 or 1 && Candidate[i] is 0 or 1;
            if (!IsRightWrong)
                continue;
            bool before = Dense[i] == 1;
            bool now = Candidate[i] == 1;
            kept += before && now ? 1 : 0;
            forgotten += before && !now ? 1 : 0;
            gained += !before && now ? 1 : 0;
            neverKnown += !before && !now ? 1 : 0;
        }

        ClusterNames = [.. clusters.OrderBy(pair => pair.Value).Select(pair => pair.Key)];
        Counts = IsRightWrong ? new PairedCounts(kept, forgotten, gained, neverKnown) : default;
    }

    private bool IsScore(double score) => double.IsFinite(score) && (IsPerplexity || (score >= 0 && score <= 1));

    private string? FindProblem(double maximumInvalidShare)
    {
        if (Items.Length == 0)
            return "it has no items";
        for (int i = 0; i < Items.Length; i++)
        {
            if (i > 0 && string.Equals(Items[i].Id, Items[i - 1].Id, StringComparison.Ordinal))
                return $"item '{Items[i].Id}' appears twice";
            if (!IsPerplexity && !(Chance[i] >= 0 && Chance[i] < 1))
                return $"the chance level of item '{Items[i].Id}' is {Rules.NumberText.Exact(Chance[i])}, expected a number from 0 to below 1";
            if (IsPerplexity && !(Tokens[i] > 0 && double.IsFinite(Tokens[i])))
                return $"item '{Items[i].Id}' has {Rules.NumberText.Exact(Tokens[i])} scored tokens, expected more than 0";
        }

        int invalid = Math.Max(DenseInvalid, CandidateInvalid);
        string model = DenseInvalid >= CandidateInvalid ? "dense model" : "candidate";

        // A window of text has no wrong answer that an unusable likelihood could count as.
        if (IsPerplexity && invalid > 0)
            return $"{invalid} of {Items.Length} log-likelihoods of the {model} are not finite";
        return invalid > maximumInvalidShare * Items.Length
            ? $"{invalid} of {Items.Length} outcomes of the {model} cannot be used, more than the allowed share of {Rules.NumberText.Exact(maximumInvalidShare)}"
            : null;
    }

    private static double Mean(double[] values)
    {
        double sum = 0;
        foreach (double value in values)
            sum += value;
        return values.Length == 0 ? 0 : sum / values.Length;
    }
}
