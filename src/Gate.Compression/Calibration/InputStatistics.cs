using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Threading;

namespace Gate.Compression.Calibration;

/// <summary>
/// What calibration remembers of the inputs of layers that share them: Σ x xᵀ over all tokens in binary64, and how many sequences and tokens there
/// were. Everything the methods ask for follows from it.
/// </summary>
public sealed class InputStatistics
{
    private readonly double[] _moments;

    /// <summary>Statistics of no input yet.</summary>
    /// <param name="columns">Input features.</param>
    public InputStatistics(int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        Columns = columns;
        _moments = new double[checked(columns * columns)];
    }

    /// <summary>Input features.</summary>
    public int Columns { get; }

    /// <summary>Sequences seen.</summary>
    public int Sequences { get; private set; }

    /// <summary>Tokens seen.</summary>
    public long Tokens { get; private set; }

    /// <summary>Adds one sequence.</summary>
    /// <param name="activations">Row-major, tokens × <see cref="Columns"/>, finite.</param>
    /// <param name="threads">Threads that may be used.</param>
    public void Add(ReadOnlySpan<float> activations, ComputeThreads threads)
    {
        if (activations.Length % Columns != 0)
            throw new ArgumentException($"{activations.Length} values are not whole rows of {Columns}.", nameof(activations));
        int tokens = activations.Length / Columns;
        GramMatrix.AccumulateUpper(activations, tokens, Columns, _moments, threads);
        Sequences++;
        Tokens += tokens;
    }

    /// <summary>H = 2/n Σ x xᵀ with n sequences, the scale of the reference implementations.</summary>
    public double[] Hessian()
    {
        EnsureAny();
        double[] hessian = new double[_moments.Length];
        double scale = 2.0 / Sequences;
        for (int i = 0; i < Columns; i++)
        {
            for (int j = i; j < Columns; j++)
                hessian[i * Columns + j] = hessian[j * Columns + i] = scale * _moments[i * Columns + j];
        }

        return hessian;
    }

    /// <summary>Σ x² of each input over n sequences, divided by n (Wanda's scaler row).</summary>
    public double[] MeanSquares()
    {
        EnsureAny();
        double[] squares = new double[Columns];
        for (int i = 0; i < Columns; i++)
            squares[i] = _moments[i * Columns + i] / Sequences;
        return squares;
    }

    /// <summary>Relative squared output error ‖X(W − Ŵ)ᵀ‖² / ‖XWᵀ‖² of a changed matrix on the inputs seen; 0 when the output was 0.</summary>
    /// <param name="before">W, row-major.</param>
    /// <param name="after">Ŵ, row-major.</param>
    /// <param name="rows">Output features.</param>
    /// <param name="threads">Threads that may be used.</param>
    public double OutputError(ReadOnlyMemory<float> before, ReadOnlyMemory<float> after, int rows, ComputeThreads threads)
    {
        double[] errors = new double[rows], sizes = new double[rows];
        ParallelWork.Run(rows, threads, row =>
        {
            ReadOnlySpan<float> w = before.Span.Slice(row * Columns, Columns);
            ReadOnlySpan<float> changed = after.Span.Slice(row * Columns, Columns);
            double[] difference = new double[Columns];
            double[] original = new double[Columns];
            for (int i = 0; i < Columns; i++)
            {
                original[i] = w[i];
                difference[i] = (double)w[i] - changed[i];
            }

            errors[row] = Quadratic(difference);
            sizes[row] = Quadratic(original);
        });
        double size = sizes.Sum();
        return size == 0 ? 0 : errors.Sum() / size;
    }

    // v · M · v from the upper triangle.
    private double Quadratic(double[] vector)
    {
        double sum = 0;
        for (int i = 0; i < vector.Length; i++)
        {
            if (vector[i] == 0)
                continue;
            ReadOnlySpan<double> row = _moments.AsSpan(i * Columns, Columns);
            double inner = row[i] * vector[i] / 2;
            for (int j = i + 1; j < vector.Length; j++)
                inner += row[j] * vector[j];
            sum += 2 * vector[i] * inner;
        }

        return sum;
    }

    private void EnsureAny()
    {
        if (Sequences == 0)
            throw new InvalidOperationException("No sequence was added.");
    }
}
