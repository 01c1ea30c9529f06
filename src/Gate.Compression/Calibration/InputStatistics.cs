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
        ReadOnlySpan<float> original = before.Span, changed = after.Span;
        float[] difference = new float[before.Length];
        for (int i = 0; i < difference.Length; i++)
            difference[i] = original[i] - changed[i];
        double size = SquaredOutput(original, rows, threads);
        return size == 0 ? 0 : SquaredOutput(difference, rows, threads) / size;
    }

    // ‖XWᵀ‖²
    private double SquaredOutput(ReadOnlySpan<float> weights, int rows, ComputeThreads threads)
    {
        double[] squares = new double[rows];
        QuadraticForm.Evaluate(weights, rows, _moments, Columns, squares, threads);
        return squares.Sum();
    }

    private void EnsureAny()
    {
        if (Sequences == 0)
            throw new InvalidOperationException("No sequence was added.");
    }
}
