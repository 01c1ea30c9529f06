using Gate.Numerics.LinearAlgebra;
using Gate.Numerics.Threading;

namespace Gate.Compression.Calibration;

/// <summary>
/// What calibration remembers of the inputs of layers that share them: Σ x xᵀ and Σ |x| over all tokens in binary64, max |x|, and how many sequences and
/// tokens there were. Everything the methods ask for follows from it.
/// </summary>
public sealed class InputStatistics
{
    /// <summary>Fewest tokens of a sample.</summary>
    public const int LeastTokens = 16;

    private readonly double[] _moments;
    private readonly double[] _magnitudes;
    private readonly float[] _maxima;

    /// <summary>Statistics of no input yet.</summary>
    /// <param name="columns">Input features.</param>
    public InputStatistics(int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        Columns = columns;
        _moments = new double[checked(columns * columns)];
        _magnitudes = new double[columns];
        _maxima = new float[columns];
    }

    /// <summary>Input features.</summary>
    public int Columns { get; }

    /// <summary>Sequences seen.</summary>
    public int Sequences { get; private set; }

    /// <summary>Tokens seen.</summary>
    public long Tokens { get; private set; }

    /// <summary>Whether there were enough tokens to speak of what the layers will see; an expert that few tokens chose has not. With fewer a Hessian has a
    /// rank far below any layer's width, and mean squares are chance.</summary>
    public bool IsSample => Tokens >= LeastTokens;

    /// <summary>Adds one sequence.</summary>
    /// <param name="activations">Row-major, tokens × <see cref="Columns"/>, finite.</param>
    /// <param name="threads">Threads that may be used.</param>
    public void Add(ReadOnlySpan<float> activations, ComputeThreads threads)
    {
        if (activations.Length % Columns != 0)
            throw new ArgumentException($"{activations.Length} values are not whole rows of {Columns}.", nameof(activations));
        int tokens = activations.Length / Columns;
        GramMatrix.AccumulateUpper(activations, tokens, Columns, _moments, threads);
        for (int token = 0; token < tokens; token++)
        {
            ReadOnlySpan<float> row = activations.Slice(token * Columns, Columns);
            for (int i = 0; i < row.Length; i++)
            {
                float magnitude = MathF.Abs(row[i]);
                _magnitudes[i] += magnitude;
                _maxima[i] = MathF.Max(_maxima[i], magnitude);
            }
        }

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

    /// <summary>Mean over all tokens of |x| of each input.</summary>
    public double[] MeanMagnitudes()
    {
        EnsureAny();
        return [.. _magnitudes.Select(sum => sum / Tokens)];
    }

    /// <summary>Largest |x| of each input.</summary>
    public ReadOnlySpan<float> Maxima => _maxima;

    /// <summary>Σ x xᵀ over all tokens within columns <paramref name="start"/> to <paramref name="end"/> (exclusive), row-major.</summary>
    public double[] Moments(int start, int end)
    {
        int width = end - start;
        double[] block = new double[width * width];
        for (int i = 0; i < width; i++)
        {
            for (int j = i; j < width; j++)
                block[(i * width) + j] = block[(j * width) + i] = _moments[((start + i) * Columns) + start + j];
        }

        return block;
    }

    /// <summary>The statistics of x / s, for inputs whose producer is divided by s.</summary>
    /// <param name="scales">s, one for each input, positive.</param>
    public InputStatistics DividedBy(ReadOnlySpan<float> scales)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(scales.Length, Columns, nameof(scales));
        InputStatistics divided = new(Columns) { Sequences = Sequences, Tokens = Tokens };
        for (int i = 0; i < Columns; i++)
        {
            divided._magnitudes[i] = _magnitudes[i] / scales[i];
            divided._maxima[i] = _maxima[i] / scales[i];
            for (int j = i; j < Columns; j++)
                divided._moments[(i * Columns) + j] = _moments[(i * Columns) + j] / scales[i] / scales[j];
        }

        return divided;
    }

    /// <summary>Relative squared output error ‖X(W − Ŵ)ᵀ‖² / ‖XWᵀ‖² of a changed matrix on the inputs seen; 0 when the output was 0.</summary>
    /// <param name="before">W, row-major.</param>
    /// <param name="after">Ŵ, row-major.</param>
    /// <param name="rows">Output features.</param>
    /// <param name="threads">Threads that may be used.</param>
    public double OutputError(ReadOnlyMemory<float> before, ReadOnlyMemory<float> after, int rows, ComputeThreads threads)
    {
        double size = SquaredOutput(before, rows, threads);
        return size == 0 ? 0 : SquaredOutputError(before, after, rows, threads) / size;
    }

    /// <summary>‖X(W − Ŵ)ᵀ‖² over all tokens seen.</summary>
    /// <param name="before">W, row-major.</param>
    /// <param name="after">Ŵ, row-major.</param>
    /// <param name="rows">Output features.</param>
    /// <param name="threads">Threads that may be used.</param>
    public double SquaredOutputError(ReadOnlyMemory<float> before, ReadOnlyMemory<float> after, int rows, ComputeThreads threads)
    {
        float[] difference = new float[before.Length];
        SpanArithmetic.Subtract(before.Span, after.Span, difference);
        return SquaredOutput(difference, rows, threads);
    }

    /// <summary>‖XWᵀ‖² over all tokens seen.</summary>
    /// <param name="weights">W, row-major.</param>
    /// <param name="rows">Output features.</param>
    /// <param name="threads">Threads that may be used.</param>
    public double SquaredOutput(ReadOnlyMemory<float> weights, int rows, ComputeThreads threads)
    {
        double[] squares = new double[rows];
        QuadraticForm.Evaluate(weights.Span, rows, _moments, Columns, squares, threads);
        return squares.Sum();
    }

    private void EnsureAny()
    {
        if (Sequences == 0)
            throw new InvalidOperationException("No sequence was added.");
    }
}
