namespace Gate.Numerics.LinearAlgebra;

/// <summary>
/// The rows of x in groups of eight, and the rest in one group of 8, 4, 2 or 1 filled up with zeros. A group stores its tokens side by side for
/// each input: a kernel then reads one stream instead of eight rows whose distance may be a power of two.
/// </summary>
/// <param name="Tokens">Rows of x.</param>
internal readonly record struct TokenGroups(int Tokens)
{
    /// <summary>Tokens of a full group.</summary>
    public const int FullWidth = 8;

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
    public unsafe void Pack(float* x, int columns, int group, float* packed)
    {
        int width = WidthOf(group), real = TokensOf(group);
        float* destination = packed + ((long)group * FullWidth * columns);
        float* source = x + ((long)group * FullWidth * columns);
        if (real < width)
            new Span<float>(destination, width * columns).Clear();
        for (int token = 0; token < real; token++)
        {
            float* row = source + ((long)token * columns);
            for (int column = 0; column < columns; column++)
                destination[((long)column * width) + token] = row[column];
        }
    }
}
