namespace Gate.Core.Verdicts.Tasks;

/// <summary>The clusters of several tasks as one list: a name that stands in two tasks is one cluster.</summary>
internal sealed class JointClusters
{
    private readonly int[][] _numbers;

    /// <param name="samples">The tasks.</param>
    public JointClusters(IReadOnlyList<TaskSample> samples)
    {
        Dictionary<string, int> numbers = new(StringComparer.Ordinal);
        _numbers = [.. samples.Select(sample => sample.ClusterNames.Select(name =>
        {
            if (!numbers.TryGetValue(name, out int number))
                numbers.Add(name, number = numbers.Count);
            return number;
        }).ToArray())];
        Count = numbers.Count;
    }

    /// <summary>Number of clusters over all tasks.</summary>
    public int Count { get; }

    /// <summary>Number of a task's cluster in the list, from 0.</summary>
    /// <param name="sample">Index of the task.</param>
    /// <param name="cluster">Number of the cluster within the task.</param>
    public int Of(int sample, int cluster) => _numbers[sample][cluster];

    /// <summary>Tasks that share a cluster, directly or through others, in groups; groups share none and are independent of each other.</summary>
    public int[][] Families()
    {
        int[] owner = new int[Count];
        Array.Fill(owner, -1);
        int[] family = [.. Enumerable.Range(0, _numbers.Length)];
        for (int s = 0; s < _numbers.Length; s++)
        {
            foreach (int cluster in _numbers[s])
            {
                if (owner[cluster] < 0)
                    owner[cluster] = s;
                int from = family[s], to = family[owner[cluster]];
                for (int t = 0; from != to && t < family.Length; t++)
                    family[t] = family[t] == from ? to : family[t];
            }
        }

        return [.. Enumerable.Range(0, family.Length).GroupBy(s => family[s]).Select(group => group.ToArray())];
    }
}
