using System.Runtime.InteropServices;
using Gate.Compression.Quantization;
using Gate.Diagnostics;
using Gate.Models.Architectures;
using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Compression.Calibration;

/// <summary>
/// Compressed layers on their way from the order of the blocks to the order of the file: in a temporary file that goes with this object. Each is put
/// in and taken out once.
/// </summary>
internal sealed class LayerSpill : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;
    private readonly Dictionary<string, float[]> _changed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Makes an empty file.</summary>
    /// <param name="path">A name that is free, on the disk of the candidate.</param>
    public LayerSpill(string path)
    {
        _path = path;
        _file = Guarded(() => new FileStream(
            path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose));
    }

    /// <summary>Norms and biases with new values, by tensor name. They are small and stay in memory.</summary>
    public IReadOnlyDictionary<string, float[]> Changed => _changed;

    /// <summary>Keeps the new values of a norm or bias.</summary>
    public void Change(string tensor, float[] values) => _changed.Add(tensor, values);

    /// <summary>Puts a layer in.</summary>
    public void Add(LinearLayer layer, LayerResult result) => Guarded(() =>
    {
        _entries.Add(layer.Name, new Entry(_file.Position, result with { Weights = [], Mask = null, Quantized = null, Blocks = null },
            result.Mask is not null, result.Quantized is { } matrix ? (matrix.Bits, matrix.GroupSize) : null,
            result.Blocks is { } form ? (form.Format, form.Bytes.Length) : null));
        _file.Write(MemoryMarshal.AsBytes(result.Weights.AsSpan()));
        if (result.Mask is not null)
            _file.Write(MemoryMarshal.AsBytes(result.Mask.AsSpan()));
        if (result.Quantized is { } quantized)
        {
            _file.Write(quantized.Codes);
            _file.Write(MemoryMarshal.AsBytes(quantized.Grids.AsSpan()));
            _file.Write(MemoryMarshal.AsBytes(quantized.GroupIndex.AsSpan()));
        }

        if (result.Blocks is { } blocks)
            _file.Write(blocks.Bytes);
        return true;
    });

    /// <summary>Whether a layer was put in.</summary>
    public bool Has(LinearLayer layer) => _entries.ContainsKey(layer.Name);

    /// <summary>Takes a layer out, or gives null when it was never put in.</summary>
    public LayerResult? Find(LinearLayer layer)
    {
        if (!_entries.TryGetValue(layer.Name, out Entry? entry))
            return null;
        return Guarded(() =>
        {
            _file.Position = entry.Offset;
            float[] weights = Read(new float[layer.WeightCount]);
            bool[]? mask = entry.IsMasked ? Read(new bool[layer.WeightCount]) : null;
            QuantizedMatrix? matrix = null;
            if (entry.Form is { } form)
            {
                matrix = new QuantizedMatrix(layer.Outputs, layer.Inputs, form.Bits, form.GroupSize);
                Read(matrix.Codes);
                Read(matrix.Grids);
                Read(matrix.GroupIndex);
            }

            BlockMatrix? stored = entry.Blocks is { } blocks
                ? new BlockMatrix(blocks.Format, layer.Outputs, layer.Inputs, Read(new byte[blocks.Length]))
                : null;
            return entry.Rest with { Weights = weights, Mask = mask, Quantized = matrix, Blocks = stored };
        });
    }

    /// <summary>Removes the file.</summary>
    public void Dispose() => _file.Dispose();

    private T[] Read<T>(T[] destination)
        where T : unmanaged
    {
        _file.ReadExactly(MemoryMarshal.AsBytes(destination.AsSpan()));
        return destination;
    }

    private T Guarded<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw GateException.Input(
                "GATE4032", $"The compressed layers cannot be kept in {_path}: {exception.Message}", new SourceLocation(_path),
                "Choose an output folder you may write to, on a disk with room for twice the compressed layers in 32 bit.", exception);
        }
    }

    private sealed record Entry(long Offset, LayerResult Rest, bool IsMasked, (int Bits, int GroupSize)? Form, (GgufBlockFormat Format, int Length)? Blocks);
}
