using System.Runtime.InteropServices;
using Gate.Diagnostics;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Microsoft.Win32.SafeHandles;

namespace Gate.Core.Planning;

/// <summary>
/// The dense model's logits on a text: asked once, so that the dense model need not be in memory beside a candidate. In memory up to a limit, beyond it in a
/// temporary file that goes with this object.
/// </summary>
internal sealed class DenseLogits : IDisposable
{
    private readonly HeldOutText _text;
    private readonly long[] _offsets;
    private readonly float[]?[] _rows;
    private SafeFileHandle? _file;
    private readonly string? _path;

    private DenseLogits(HeldOutText text, int width, string? path)
    {
        (_text, Width, _path, _rows, _offsets) = (text, width, path, new float[]?[text.Windows.Length], new long[text.Windows.Length]);
        for (int i = 1; i < _offsets.Length; i++)
            _offsets[i] = _offsets[i - 1] + CountOf(i - 1);
        if (path is not null)
            Guarded(() => _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose));
    }

    /// <summary>Values of one position.</summary>
    public int Width { get; }

    /// <summary>Bytes of the logits of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">Size of the vocabulary.</param>
    public static long BytesOf(HeldOutText text, int width) => (long)text.ScoredTokens * width * sizeof(float);

    /// <summary>Asks the dense model for all windows.</summary>
    /// <param name="dense">The dense model; not needed afterwards.</param>
    /// <param name="text">The text.</param>
    /// <param name="path">The file they lie in, which goes with this object; null keeps them in memory.</param>
    /// <param name="cancellationToken">Checked between windows.</param>
    /// <exception cref="GateException">Exit 4 (GATE3093): the temporary file cannot be made or written.</exception>
    public static DenseLogits Ask(ILanguageModel dense, HeldOutText text, string? path, CancellationToken cancellationToken)
    {
        int width = dense.VocabularySize;
        var logits = new DenseLogits(text, width, path);
        try
        {
            for (int i = 0; i < text.Windows.Length; i++)
            {
                float[] rows = new float[logits.CountOf(i)];
                dense.VisitLogits(new LogitsRequest(text.Windows[i].AsMemory()[..^1]), (position, row) => row.CopyTo(rows.AsSpan(position * width, width)), cancellationToken);
                logits.Keep(i, rows);
            }

            return logits;
        }
        catch
        {
            logits.Dispose();
            throw;
        }
    }

    /// <summary>The rows of a window, one position after the other.</summary>
    /// <param name="window">Index of the window.</param>
    public float[] Of(int window)
    {
        if (_rows[window] is { } known)
            return known;
        float[] rows = new float[CountOf(window)];
        Guarded(() =>
        {
            Span<byte> left = MemoryMarshal.AsBytes(rows.AsSpan());
            for (long position = _offsets[window] * sizeof(float); !left.IsEmpty;)
            {
                int read = RandomAccess.Read(_file!, left, position);
                if (read == 0)
                    throw new EndOfStreamException("it is shorter than what was written");
                left = left[read..];
                position += read;
            }
        });
        return rows;
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private int CountOf(int window) => checked((_text.Windows[window].Length - 1) * Width);

    private void Keep(int window, float[] rows)
    {
        if (_file is null)
            _rows[window] = rows;
        else
            Guarded(() => RandomAccess.Write(_file, MemoryMarshal.AsBytes(rows.AsSpan()), _offsets[window] * sizeof(float)));
    }

    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            throw GateException.Input(
                "GATE3093", $"The dense model's logits cannot be kept in {_path}: {StorageFault.Words(exception)}.", new SourceLocation(_path!),
                "Free space in the temporary folder (or name another one in TMPDIR), or compare plans on fewer tokens.", exception);
        }
    }
}
