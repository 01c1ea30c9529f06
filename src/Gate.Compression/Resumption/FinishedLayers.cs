using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Gate.Compression.Calibration.Folding;
using Gate.Compression.Quantization;
using Gate.Diagnostics;
using Gate.Models.Architectures;

namespace Gate.Compression.Resumption;

/// <summary>
/// Compressed layers on their way from the order of the blocks to the order of the file, kept on disk. With a key they outlive a killed process: the
/// next compression under the same key finds every layer whose line stands in the journal and whose bytes have the hash the line states, in the
/// order they were finished; the first that does not ends the list.
/// </summary>
internal sealed class FinishedLayers : IDisposable
{
    private readonly LayerFiles _files;
    private readonly Dictionary<string, LayerEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LayerScaling> _scalings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, float[]> _changed = new(StringComparer.Ordinal);
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

    /// <summary>Norms and biases with new values, by tensor name: small, in memory, only of compressions that fold scales and keep nothing for another process.</summary>
    public IReadOnlyDictionary<string, float[]> Changed => _changed;

    /// <summary>Keeps the new values of a norm or bias.</summary>
    public void Change(string tensor, float[] values) => _changed.Add(tensor, values);

    /// <summary>Puts a layer in; it survives the end of this process once this returns.</summary>
    public void Add(LinearLayer layer, LayerResult result) => LayerFiles.Guarded(_files.Folder, () =>
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long offset = _end;
        Write(MemoryMarshal.AsBytes(result.Weights.AsSpan()));
        if (result.Mask is not null)
            Write(MemoryMarshal.AsBytes(result.Mask.AsSpan()));
        if (result.Quantized is { } quantized)
        {
            Write(quantized.Codes);
            Write(MemoryMarshal.AsBytes(quantized.Grids.AsSpan()));
            Write(MemoryMarshal.AsBytes(quantized.GroupIndex.AsSpan()));
        }

        if (result.Blocks is { } blocks)
            Write(blocks.Bytes);
        LayerEntry entry = new(
            layer.Name, offset, _end - offset, Convert.ToHexStringLower(hash.GetHashAndReset()), result.OutputError, result.Fallback,
            result.Mask is not null, result.Quantized?.Bits, result.Quantized?.GroupSize,
            result.Blocks?.Format);
        _files.Append(JsonSerializer.Serialize(entry, LayerEntryJson.Default.LayerEntry));
        _entries.Add(layer.Name, entry);
        if (result.Scaling is { } scaling)
            _scalings.Add(layer.Name, scaling);

        void Write(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            _files.Write(_end, bytes);
            _end += bytes.Length;
        }
    });

    /// <summary>Whether a layer is in.</summary>
    public bool Has(LinearLayer layer) => _entries.ContainsKey(layer.Name);

    /// <summary>Reads a layer, or gives null when it was never put in.</summary>
    public LayerResult? Find(LinearLayer layer)
    {
        if (!_entries.TryGetValue(layer.Name, out LayerEntry? entry))
            return null;
        LayerResult? result = null;
        LayerFiles.Guarded(_files.Folder, () =>
        {
            long position = entry.Offset;
            float[] weights = Read(new float[layer.WeightCount]);
            bool[]? mask = entry.IsMasked ? Read(new bool[layer.WeightCount]) : null;
            QuantizedMatrix? matrix = null;
            if (entry is { Bits: { } bits, GroupSize: { } groupSize })
            {
                matrix = new QuantizedMatrix(layer.Outputs, layer.Inputs, bits, groupSize);
                Read(matrix.Codes);
                Read(matrix.Grids);
                Read(matrix.GroupIndex);
            }

            BlockMatrix? stored = entry.Blocks is { } format
                ? new BlockMatrix(format, layer.Outputs, layer.Inputs, Read(new byte[entry.Offset + entry.Length - position]))
                : null;
            result = new LayerResult(weights, mask, matrix, entry.OutputError, entry.Fallback, _scalings.GetValueOrDefault(layer.Name)) { Blocks = stored };

            T[] Read<T>(T[] destination)
                where T : unmanaged
            {
                Span<byte> bytes = MemoryMarshal.AsBytes(destination.AsSpan());
                _files.Read(position, bytes);
                position += bytes.Length;
                return destination;
            }
        });
        return result;
    }

    /// <summary>The candidate stands: nothing needs to be kept any more.</summary>
    public void Complete() => _files.Remove();

    /// <summary>Closes the files; without <see cref="Complete"/> they stay for the next compression under the same key.</summary>
    public void Dispose() => _files.Dispose();

    private void Recover()
    {
        byte[] piece = new byte[1 << 20];
        foreach (string line in _files.Lines)
        {
            if (Parse(line) is not { } entry || entry.Offset != _end || entry.Length < 0 || entry.Length > _files.Length - _end || !HasHash(entry, piece))
                break;
            _entries[entry.Layer] = entry;
            _end += entry.Length;
            Recovered++;
        }

        // Whatever lies behind the last whole layer was being written when the process ended.
        _files.Cut(Recovered, _end);
    }

    private static LayerEntry? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, LayerEntryJson.Default.LayerEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private bool HasHash(LayerEntry entry, byte[] piece)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long done = 0; done < entry.Length; done += piece.Length)
        {
            Span<byte> bytes = piece.AsSpan(0, (int)Math.Min(piece.Length, entry.Length - done));
            _files.Read(entry.Offset + done, bytes);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset()) == entry.Hash;
    }
}
