using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// The rows of x in groups of eight, and the rest in one group of 8, 4, 2 or 1 filled up with zeros. A group stores its tokens side by side for
/// each input: a kernel then reads one stream instead of eight rows whose distance may be a power of two.
/// </summary>
/// <param name="Tokens">Rows of x, at least 1.</param>
internal readonly record struct TokenGroups(int Tokens)
{
    /// <summary>Tokens of a full group.</summary>
    public const int FullWidth = 8;

    private const int Quad = 4;

    /// <summary>Groups, the last one included.</summary>
    public int Count => (Tokens + FullWidth - 1) / FullWidth;

    /// <summary>Stored tokens, padding included.</summary>
    public int PaddedTokens => ((Count - 1) * FullWidth) + WidthOf(Count - 1);

    /// <summary>Tokens stored side by side in a group.</summary>
    public int WidthOf(int group) => TokensOf(group) switch { 1 => 1, 2 => 2, 3 or 4 => 4, _ => FullWidth };

    /// <summary>Tokens of a group that are real.</summary>
    public int TokensOf(int group) => Math.Min(FullWidth, Tokens - (group * FullWidth));

    /// <summary>Packs one group.</summary>
    /// <param name="x">[tokens, columns].</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="group">Which group.</param>
    /// <param name="packed">Destination of all groups.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe void Pack(float* x, int columns, int group, float* packed)
    {
        int width = WidthOf(group), real = TokensOf(group);
        float* destination = packed + ((long)group * FullWidth * columns);
        float* source = x + ((long)group * FullWidth * columns);
        if (real < width)
            new Span<float>(destination, width * columns).Clear();
        int token = 0;
        for (; token <= real - Quad; token += Quad)
            PackQuad(source + ((long)token * columns), columns, destination + token, width);
        for (; token < real; token++)
        {
            float* row = source + ((long)token * columns);
            for (int column = 0; column < columns; column++)
                destination[((long)column * width) + token] = row[column];
        }
    }

    private static unsafe void PackQuad(float* source, int columns, float* destination, int width)
    {
        float* r0 = source, r1 = r0 + columns, r2 = r1 + columns, r3 = r2 + columns;
        int column = 0;
        if (Sse.IsSupported)
        {
            for (; column <= columns - Quad; column += Quad, destination += (long)Quad * width)
            {
                Vector128<float> a = Vector128.Load(r0 + column), b = Vector128.Load(r1 + column);
                Vector128<float> c = Vector128.Load(r2 + column), d = Vector128.Load(r3 + column);
                Vector128<float> abLow = Sse.UnpackLow(a, b), abHigh = Sse.UnpackHigh(a, b);
                Vector128<float> cdLow = Sse.UnpackLow(c, d), cdHigh = Sse.UnpackHigh(c, d);
                Sse.MoveLowToHigh(abLow, cdLow).Store(destination);
                Sse.MoveHighToLow(cdLow, abLow).Store(destination + width);
                Sse.MoveLowToHigh(abHigh, cdHigh).Store(destination + (2 * width));
                Sse.MoveHighToLow(cdHigh, abHigh).Store(destination + (3 * width));
            }
        }

        for (; column < columns; column++, destination += width)
        {
            destination[0] = r0[column];
            destination[1] = r1[column];
            destination[2] = r2[column];
            destination[3] = r3[column];
        }
    }
}
