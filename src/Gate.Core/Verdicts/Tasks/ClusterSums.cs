using Gate.Core.Verdicts.Statistics;

namespace Gate.Core.Verdicts.Tasks;

/// <summary>
/// Per cluster, what a contrast A − r·B needs: the sums of A and B and the number of items. The contrast of every limit is then cheap.
/// </summary>
internal sealed class ClusterSums
{
    private readonly double[] _contrast;

    /// <param name="a">Sum of A per cluster.</param>
    /// <param name="b">Sum of B per cluster.</param>
    /// <param name="sizes">Items per cluster.</param>
    public ClusterSums(double[] a, double[] b, double[] sizes)
    {
        A = a;
        B = b;
        Sizes = sizes;
        _contrast = new double[a.Length];
        HasClusters = Array.Exists(sizes, size => size > 1);
    }

    public double[] A { get; }

    public double[] B { get; }

    public double[] Sizes { get; }

    public int Count => A.Length;

    /// <summary>Whether any cluster has more than one item.</summary>
    public bool HasClusters { get; }

    /// <summary>Sums values of the items that count by cluster; clusters without such items are left out.</summary>
    public static ClusterSums From(TaskSample sample, Func<int, double> a, Func<int, double> b, Func<int, bool>? counts = null) =>
        Over([sample], (_, i) => a(i), (_, i) => b(i), counts is null ? null : (_, i) => counts(i));

    /// <summary>The same over several tasks: what they have in one cluster is summed, because it is gained and lost together.</summary>
    public static ClusterSums Over(
        IReadOnlyList<TaskSample> samples, Func<TaskSample, int, double> a, Func<TaskSample, int, double> b, Func<TaskSample, int, bool>? counts = null)
    {
        var clusters = new JointClusters(samples);
        double[] sumsA = new double[clusters.Count];
        double[] sumsB = new double[clusters.Count];
        double[] sizes = new double[clusters.Count];
        for (int s = 0; s < samples.Count; s++)
        {
            TaskSample sample = samples[s];
            for (int i = 0; i < sample.Count; i++)
            {
                if (counts is not null && !counts(sample, i))
                    continue;
                int cluster = clusters.Of(s, sample.Cluster[i]);
                sumsA[cluster] += a(sample, i);
                sumsB[cluster] += b(sample, i);
                sizes[cluster]++;
            }
        }

        int[] used = [.. Enumerable.Range(0, sizes.Length).Where(cluster => sizes[cluster] > 0)];
        return new ClusterSums([.. used.Select(g => sumsA[g])], [.. used.Select(g => sumsB[g])], [.. used.Select(g => sizes[g])]);
    }

    /// <summary>p-values of "mean of A − r·B = 0", one value per cluster.</summary>
    /// <param name="r">The limit.</param>
    public TailProbabilities Test(double r) => ClusterMeanTest.Test(Contrast(r), Sizes);

    /// <summary>Cluster-robust standard error of the mean of A − r·B.</summary>
    public double StandardError(double r) => ClusterMeanTest.StandardError(Contrast(r), Sizes);

    /// <summary>A_g − r·B_g for every cluster.</summary>
    private double[] Contrast(double r)
    {
        for (int g = 0; g < A.Length; g++)
            _contrast[g] = A[g] - (r * B[g]);
        return _contrast;
    }
}
