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
    public static ClusterSums From(TaskSample sample, Func<int, double> a, Func<int, double> b, Func<int, bool>? counts = null)
    {
        double[] sumsA = new double[sample.Clusters];
        double[] sumsB = new double[sample.Clusters];
        double[] sizes = new double[sample.Clusters];
        for (int i = 0; i < sample.Count; i++)
        {
            if (counts is not null && !counts(i))
                continue;
            int cluster = sample.Cluster[i];
            sumsA[cluster] += a(i);
            sumsB[cluster] += b(i);
            sizes[cluster]++;
        }

        int[] used = [.. Enumerable.Range(0, sizes.Length).Where(cluster => sizes[cluster] > 0)];
        return new ClusterSums([.. used.Select(g => sumsA[g])], [.. used.Select(g => sumsB[g])], [.. used.Select(g => sizes[g])]);
    }

    /// <summary>All clusters of several samples together.</summary>
    public static ClusterSums Join(IReadOnlyList<ClusterSums> parts) =>
        new([.. parts.SelectMany(part => part.A)], [.. parts.SelectMany(part => part.B)], [.. parts.SelectMany(part => part.Sizes)]);

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
