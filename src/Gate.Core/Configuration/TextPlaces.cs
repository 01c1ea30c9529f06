using System.Text;
using Gate.Diagnostics;

namespace Gate.Core.Configuration;

/// <summary>Turns byte offsets of a UTF-8 text into lines and columns, both counted from 1; columns count UTF-16 units, as editors do.</summary>
/// <param name="bytes">The text.</param>
/// <param name="file">The path to put into locations.</param>
internal sealed class TextPlaces(byte[] bytes, string file)
{
    private readonly int[] _lineStarts = LineStarts(bytes);

    /// <summary>The place of a byte offset.</summary>
    public SourceLocation At(long offset)
    {
        int position = (int)Math.Clamp(offset, 0, bytes.Length);
        int line = Array.BinarySearch(_lineStarts, position);
        if (line < 0)
            line = ~line - 1;
        int start = _lineStarts[line];
        if (line == 0 && bytes.AsSpan().StartsWith("\uFEFF"u8))
            start = Math.Min(3, position);
        return new SourceLocation(file, line + 1, Encoding.UTF8.GetCharCount(bytes, start, position - start) + 1);
    }

    private static int[] LineStarts(byte[] bytes)
    {
        var starts = new List<int> { 0 };
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == (byte)'\n')
                starts.Add(i + 1);
        }

        return [.. starts];
    }
}
