using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Threading;

namespace Gate.Compression.ErrorFeedback;

/// <summary>
/// The factor that tells how the error of one column is best made up for by the columns after it: U upper triangular with UᵀU = H⁻¹, H damped.
/// Made once for all layers that share an input. In binary64.
/// </summary>
public sealed class HessianFactor
{
    private const double LargestDamping = 0.1;
    private const double DampingStep = 10;

    private HessianFactor(int columns, double[] upper, int[]? order, bool[] dead, double damping)
    {
        Columns = columns;
        Upper = upper;
        Order = order;
        Dead = dead;
        Damping = damping;
    }

    /// <summary>Input features.</summary>
    public int Columns { get; }

    /// <summary>U, row-major [columns, columns], in the order of <see cref="Order"/>.</summary>
    public double[] Upper { get; }

    /// <summary>Original column at each position when columns are taken by descending activity, or null for their own order.</summary>
    public int[]? Order { get; }

    /// <summary>Columns whose input was always 0, in original order; their weights are free and become 0.</summary>
    public bool[] Dead { get; }

    /// <summary>The damping that made H positive definite, as a share of its mean diagonal.</summary>
    public double Damping { get; }

    /// <summary>
    /// Factors H. Dead columns get a diagonal of 1 first; then the damping is added, and raised tenfold up to a tenth of the mean diagonal as long as
    /// H is not positive definite.
    /// </summary>
    /// <param name="hessian">H, symmetric, row-major [columns, columns], undamped.</param>
    /// <param name="columns">Input features.</param>
    /// <param name="damping">First damping as a share of the mean diagonal, for example 0.01.</param>
    /// <param name="activationOrder">Whether columns are taken by descending diagonal (act-order); of equal ones, in practice dead columns,
    /// the later comes first.</param>
    /// <param name="threads">Threads that may be used.</param>
    /// <returns>The factor, or null when H stays indefinite or is not finite.</returns>
    public static HessianFactor? TryCreate(ReadOnlySpan<double> hessian, int columns, double damping, bool activationOrder, ComputeThreads threads)
    {
        if (hessian.Length != (long)columns * columns)
            throw new ArgumentException($"{hessian.Length} values are not a matrix of order {columns}.", nameof(hessian));
        double[] copy = hessian.ToArray();
        return TryCreate(() => [.. copy], columns, damping, activationOrder, threads);
    }

    /// <summary>The same without a second matrix beside the factor, which for wide layers is what decides the memory.</summary>
    /// <param name="hessian">Makes H anew; it becomes the factor in place. Called once for each damping.</param>
    /// <param name="columns">Input features.</param>
    /// <param name="damping">First damping as a share of the mean diagonal.</param>
    /// <param name="activationOrder">Whether columns are taken by descending diagonal.</param>
    /// <param name="threads">Threads that may be used.</param>
    internal static HessianFactor? TryCreate(Func<double[]> hessian, int columns, double damping, bool activationOrder, ComputeThreads threads)
    {
        if (!(damping >= 0))
            throw new ArgumentOutOfRangeException(nameof(damping), damping, "Damping is a share of at least 0.");

        bool[] dead = new bool[columns];
        double[] diagonal = new double[columns];
        for (double share = damping; ; share *= DampingStep)
        {
            double[] matrix = hessian();
            for (int i = 0; i < columns; i++)
            {
                double value = matrix[(i * columns) + i];
                dead[i] = value == 0;
                diagonal[i] = dead[i] ? 1 : value;
            }

            double mean = diagonal.Sum() / columns;
            if (!double.IsFinite(mean))
                return null;
            int[]? order = activationOrder
                ? [.. Enumerable.Range(0, columns).OrderByDescending(column => diagonal[column]).ThenByDescending(column => column)]
                : null;
            double[] damped = order is null ? matrix : Reordered(matrix, columns, order);
            for (int i = 0; i < columns; i++)
                damped[(i * columns) + i] = diagonal[order?[i] ?? i] + (share * mean);
            if (Cholesky.TryInverseFactorUpper(damped, columns, threads, out _))
                return new HessianFactor(columns, damped, order, dead, share);
            if (share == 0 || share * DampingStep > LargestDamping * (1 + 1e-9))
                return null;
        }
    }

    private static double[] Reordered(double[] matrix, int columns, int[] order)
    {
        double[] reordered = new double[matrix.Length];
        for (int i = 0; i < columns; i++)
        {
            ReadOnlySpan<double> source = matrix.AsSpan(order[i] * columns, columns);
            for (int j = 0; j < columns; j++)
                reordered[(i * columns) + j] = source[order[j]];
        }

        return reordered;
    }
}
