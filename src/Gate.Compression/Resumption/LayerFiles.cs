using System.Text;
using Gate.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Gate.Compression.Resumption;

/// <summary>
/// The two files of <see cref="FinishedLayers"/>: <c>layers.bin</c>, and <c>layers.journal</c> with one checksummed line per <see cref="JournalEntry"/>
/// behind a first line that states the key. Open, they belong to one process.
/// </summary>
internal sealed class LayerFiles : IDisposable
{
    private const string KeyPrefix = "gate layers 2 ";
    private readonly SafeFileHandle _layers;
    private readonly FileStream? _journal;
    private readonly List<string> _lines = [];
    private string _key = "";

    private LayerFiles(string folder, SafeFileHandle layers, FileStream? journal)
    {
        Folder = folder;
        _layers = layers;
        _journal = journal;
    }

    /// <summary>The folder, for messages.</summary>
    public string Folder { get; }

    /// <summary>The texts of the journal's whole lines behind the key, up to the first that is not whole.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Bytes of <c>layers.bin</c>.</summary>
    public long Length => RandomAccess.GetLength(_layers);

    /// <summary>Opens the files; what another key left is emptied. Without a key, or while another process has them, a file that goes with this object
    /// stands in.</summary>
    public static LayerFiles Open(string folder, string? key)
    {
        LayerFiles? opened = null;
        Guarded(folder, () => opened = key is null ? Temporary(folder) : Kept(folder, key) ?? Temporary($"{folder}.{Environment.ProcessId}"));
        return opened!;
    }

    /// <summary>Writes bytes of layers at an offset.</summary>
    public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(_layers, bytes, offset);

    /// <summary>Reads bytes of layers from an offset on.</summary>
    public void Read(long offset, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int read = RandomAccess.Read(_layers, bytes, offset);
            if (read == 0)
                throw new EndOfStreamException("the file of compressed layers is shorter than its journal says");
            bytes = bytes[read..];
            offset += read;
        }
    }

    /// <summary>Appends a line.</summary>
    public void Append(string payload) => _journal?.Write(Encoding.UTF8.GetBytes(ChecksummedLine.Wrap(payload) + '\n'));

    /// <summary>Keeps only the first lines and bytes.</summary>
    public void Cut(int lines, long bytes)
    {
        RandomAccess.SetLength(_layers, bytes);
        if (_journal is null)
            return;
        string kept = string.Concat(_lines.Take(lines).Prepend(_key).Select(line => ChecksummedLine.Wrap(line) + '\n'));
        _journal.SetLength(Encoding.UTF8.GetByteCount(kept));
        _journal.Position = _journal.Length;
    }

    /// <summary>Closes and removes the files.</summary>
    public void Remove()
    {
        Dispose();
        if (_journal is null)
            return;
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            // The candidate is complete; the next compression empties what is left.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _layers.Dispose();
        _journal?.Dispose();
    }

    /// <summary>Turns failures of the disk into a refusal.</summary>
    /// <exception cref="GateException">Exit 4 (GATE4032).</exception>
    public static void Guarded(string folder, Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            throw GateException.Input(
                "GATE4032", $"The compressed layers cannot be kept in {folder}: {StorageFault.Words(exception)}", new SourceLocation(folder),
                "Choose an output folder you may write to, on a disk with room for twice the compressed layers in 32 bit.", exception);
        }
    }

    private static LayerFiles Temporary(string path) => new(path, File.OpenHandle(
        $"{path}.layers", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose), null);

    // Null while another process has them open.
    private static LayerFiles? Kept(string folder, string key)
    {
        Directory.CreateDirectory(folder);
        SafeFileHandle layers;
        try
        {
            layers = File.OpenHandle(Path.Combine(folder, "layers.bin"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(Path.Combine(folder, "layers.bin")))
        {
            return null;
        }

        try
        {
            FileStream journal = new(Path.Combine(folder, "layers.journal"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            LayerFiles files = new(folder, layers, journal);
            files.ReadLines(KeyPrefix + key);
            return files;
        }
        catch
        {
            layers.Dispose();
            throw;
        }
    }

    private void ReadLines(string key)
    {
        _key = key;
        using (StreamReader reader = new(_journal!, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true))
        {
            // What stands behind the last line break is a line that was cut off.
            string?[] lines = [.. reader.ReadToEnd().Split('\n')[..^1].Select(ChecksummedLine.Unwrap)];
            if (lines.Length > 0 && lines[0] == key)
            {
                _lines.AddRange(lines.Skip(1).TakeWhile(line => line is not null)!);
                return;
            }
        }

        _journal!.SetLength(0);
        _journal.Position = 0;
        Append(key);
    }
}
