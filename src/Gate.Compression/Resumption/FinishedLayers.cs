using System.Text.Json;
using Gate.Compression.Calibration.Folding;
using Gate.Diagnostics;
using Gate.Models.Structure;

namespace Gate.Compression.Resumption;

/// <summary>
/// Compressed layers on their way to the candidate's file, kept on disk, with what was decided before them: scales of inputs and sparsities of blocks. With a
/// key they outlive a killed process: the next compression under the same key finds everything whose line stands in the journal and whose bytes have the hash
/// the line states, in the order it was finished; the first that does not ends the list. Only scales, norms and biases are in memory.
/// </summary>
internal sealed class FinishedLayers : IDisposable
{
    private readonly LayerFiles _files;
    private readonly Dictionary<string, LayerEntry> _entries = new(StringComparer.Ordinal);
    private long _end;

    /// <summary>Opens what an interrupted compression left, or begins anew.</summary>
    /// <param name="folder">A folder of this candidate alone, on its disk.</param>
    /// <param name="key">Names everything that decides the layers; null to keep nothing beyond this object.</param>
    /// <exception cref="GateException">Exit 4 (GATE4032): the folder cannot be written.</exception>
    public FinishedLayers(string folder, string? key)
    {
        _files = LayerFiles.Open(folder, key);
        try
        {
            LayerFiles.Guarded(folder, Recover);
        }
        catch
        {
            _files.Dispose();
            throw;
        }
    }

    /// <summary>Layers found when it was opened.</summary>
    public int Recovered { get; private set; }

    /// <summary>Inputs that were decided about.</summary>
    public FoldedInputs Folded { get; } = new();

    /// <summary>The sparsities of the pruned blocks, in order, or null when they were not put in.</summary>
    public IReadOnlyList<double>? Sparsities { get; private set; }

    /// <summary>Puts a layer in; it survives the end of this process once this returns, as does everything below.</summary>
    public void Add(LinearLayer layer, LayerResult result) => _entries.Add(layer.Name, Append(writer => LayerEntry.Write(layer, result, writer)));

    /// <summary>Puts an input in.</summary>
    public void Add(FoldedInput input)
    {
        Append(writer => FoldingEntry.Write(input, writer));
        Folded.Add(input);
    }

    /// <summary>Puts the sparsities of the pruned blocks in.</summary>
    public void Add(double[] sparsities)
    {
        Append(writer => new SparsitiesEntry(sparsities, writer.Offset, writer.Length, writer.Hash()));
        Sparsities = sparsities;
    }

    /// <summary>Whether a layer is in.</summary>
    public bool Has(LinearLayer layer) => _entries.ContainsKey(layer.Name);

    /// <summary>Reads a layer, or gives null when it was never put in.</summary>
    public LayerResult? Find(LinearLayer layer)
    {
        if (!_entries.TryGetValue(layer.Name, out LayerEntry? entry))
            return null;
        LayerResult? result = null;
        LayerFiles.Guarded(_files.Folder, () => result = entry.Read(layer, Folded.Of(layer), new EntryReader(_files, entry)));
        return result;
    }

    /// <summary>The candidate stands: nothing needs to be kept any more.</summary>
    public void Complete() => _files.Remove();

    /// <summary>Closes the files; without <see cref="Complete"/> they stay for the next compression under the same key.</summary>
    public void Dispose() => _files.Dispose();

    private TEntry Append<TEntry>(Func<EntryWriter, TEntry> write)
        where TEntry : JournalEntry
    {
        TEntry? entry = null;
        LayerFiles.Guarded(_files.Folder, () =>
        {
            using EntryWriter writer = new(_files, _end);
            entry = write(writer);
            _files.Append(JsonSerializer.Serialize(entry, JournalEntryJson.Default.JournalEntry));
            _end += entry.Length;
        });
        return entry!;
    }

    private void Recover()
    {
        byte[] piece = new byte[1 << 20];
        int lines = 0;
        foreach (string line in _files.Lines)
        {
            if (Parse(line) is not { } entry || entry.Offset != _end || entry.Length < 0 || entry.Length > _files.Length - _end
                || !new EntryReader(_files, entry).HasHash(piece) || !Recover(entry))
            {
                break;
            }

            _end += entry.Length;
            lines++;
        }

        // Whatever lies behind the last whole line was being written when the process ended.
        _files.Cut(lines, _end);
    }

    private bool Recover(JournalEntry entry)
    {
        switch (entry)
        {
            case LayerEntry layer:
                _entries[layer.Layer] = layer;
                Recovered++;
                return true;
            case FoldingEntry folding when folding.Read(new EntryReader(_files, folding)) is { } input && Folded.Find(input.InputGroup) is null:
                Folded.Add(input);
                return true;
            case SparsitiesEntry sparsities:
                Sparsities = sparsities.Sparsities;
                return true;
            default:
                return false;
        }
    }

    private static JournalEntry? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, JournalEntryJson.Default.JournalEntry);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}
