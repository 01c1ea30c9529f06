using System.Runtime.Intrinsics;
using Gate.Numerics.Memory;
using Gate.Numerics.Threading;

namespace Gate.Numerics.LinearAlgebra.Int8;

/// <summary>
/// Dynamic 8-bit activations: token t gets the scale s = max|x| / 127 of its own row and the codes round(x / s), half to even, −127 … 127. A token's codes
/// depend on its own values alone, so a batch changes nothing. Stored for the kernels as code + 128, four tokens side by side for every four inputs.
/// </summary>
internal sealed unsafe class Int8Activations : IDisposable
{
    /// <summary>Tokens side by side.</summary>
    public const int Width = 4;

    private const int Offset = 128, Largest = 127;

    private readonly AlignedBuffer<byte> _codes;
    private readonly float[] _scales;

    private Int8Activations(int tokens, int quads)
    {
        Groups = (tokens + Width - 1) / Width;
        Quads = quads;
        _codes = new AlignedBuffer<byte>((long)Groups * quads * Width * Int8Matrix.Quad);
        _scales = new float[Groups * Width];
    }

    /// <summary>Groups of <see cref="Width"/> tokens; the last is filled up with zeros.</summary>
    public int Groups { get; }

    private int Quads { get; }

    /// <summary>The codes of a group.</summary>
    public byte* CodesOf(int group) => _codes.Pointer + ((long)group * Quads * Width * Int8Matrix.Quad);

    /// <summary>The scale of a token.</summary>
    public float ScaleOf(int token) => _scales[token];

    /// <summary>Quantises rows.</summary>
    /// <param name="x">[tokens, columns].</param>
    /// <param name="tokens">Rows.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="threads">Tokens are divided over these.</param>
    public static Int8Activations Quantize(float* x, int tokens, int columns, ComputeThreads threads)
    {
        Int8Activations result = new(tokens, (columns + Int8Matrix.Quad - 1) / Int8Matrix.Quad);
        ParallelWork.Run(result.Groups, threads, group => result.Fill(group, x, tokens, columns));
        return result;
    }

    /// <summary>The scale of a row and its codes.</summary>
    /// <param name="row">The values.</param>
    /// <param name="codes">Receives one code for each value.</param>
    public static float QuantizeRow(ReadOnlySpan<float> row, Span<int> codes)
    {
        float largest = 0;
        int i = 0;
        if (row.Length >= Vector256<float>.Count)
        {
            Vector256<float> maxima = Vector256<float>.Zero;
            for (; i <= row.Length - Vector256<float>.Count; i += Vector256<float>.Count)
                maxima = Vector256.Max(maxima, Vector256.Abs(Vector256.Create(row[i..])));
            for (int lane = 0; lane < Vector256<float>.Count; lane++)
                largest = MathF.Max(largest, maxima[lane]);
        }

        for (; i < row.Length; i++)
            largest = MathF.Max(largest, MathF.Abs(row[i]));
        float scale = largest == 0 ? 1 : largest / Largest;
        Vector256<float> divisor = Vector256.Create(scale);
        for (i = 0; i <= row.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            Vector256.ConvertToInt32(Vector256.Round(Vector256.Create(row[i..]) / divisor)).CopyTo(codes[i..]);
        for (; i < row.Length; i++)
            codes[i] = float.IsNaN(row[i] / scale) ? 0 : (int)MathF.Round(row[i] / scale);
        return scale;
    }

    /// <inheritdoc/>
    public void Dispose() => ((IDisposable)_codes).Dispose();

    private void Fill(int group, float* x, int tokens, int columns)
    {
        byte* destination = CodesOf(group);
        new Span<byte>(destination, Quads * Width * Int8Matrix.Quad).Fill(Offset);
        int[] codes = new int[columns];
        for (int lane = 0; lane < Width && (group * Width) + lane < tokens; lane++)
        {
            int token = (group * Width) + lane;
            _scales[token] = QuantizeRow(new ReadOnlySpan<float>(x + ((long)token * columns), columns), codes);
            byte* own = destination + (lane * Int8Matrix.Quad);
            for (int column = 0; column < columns; column++)
                own[(column / Int8Matrix.Quad * Width * Int8Matrix.Quad) + (column % Int8Matrix.Quad)] = (byte)(Math.Clamp(codes[column], -Largest, Largest) + Offset);
        }
    }
}
