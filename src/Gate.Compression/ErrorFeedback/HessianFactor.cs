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
        if (!(damping >= 0))
            throw new ArgumentOutOfRangeException(nameof(damping), damping, "Damping is a share of at least 0.");

        bool[] dead = new bool[columns];
        double[] diagonal = new double[columns];
        for (int i = 0; i < columns; i++)
        {
            double value = hessian[i * columns + i];
            dead[i] = value == 0;
            diagonal[i] = dead[i] ? 1 : value;
        }

        double mean = diagonal.Sum() / columns;
        if (!double.IsFinite(mean))
            return null;
        int[]? order = activationOrder
            ? [.. Enumerable.Range(0, columns).OrderByDescending(column => diagonal[column]).ThenByDescending(column => column)]
            : null;
        for (double share = damping; ; share *= DampingStep)
        {
            double[] damped = Damped(hessian, columns, diagonal, order, share * mean);
            if (Cholesky.TryInverseFactorUpper(damped, columns, threads, out _))
                return new HessianFactor(columns, damped, order, dead, share);
            if (share == 0 || share * DampingStep > LargestDamping * (1 + 1e-9))
                return null;
        }
    }

    private static double[] Damped(ReadOnlySpan<double> hessian, int columns, double[] diagonal, int[]? order, double added)
    {
        double[] damped = new double[hessian.Length];
        for (int i = 0; i < columns; i++)
        {
            ReadOnlySpan<double> source = hessian.Slice((order?[i] ?? i) * columns, columns);
            Span<double> row = damped.AsSpan(i * columns, columns);
            if (order is null)
            {
                source.CopyTo(row);
            }
            else
            {
                for (int j = 0; j < columns; j++)
                    row[j] = source[order[j]];
            }

            row[i] = diagonal[order?[i] ?? i] + added;
        }

        return damped;
    }
}
