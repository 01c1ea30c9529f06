using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Gate.Models.Checkpoints;

/// <summary>The tensors of a checkpoint as its files hold them, packed or not, and the open files.</summary>
internal sealed class TensorStore : IDisposable
{
    private readonly FrozenDictionary<string, MappedFile> _files;
    private readonly FrozenDictionary<string, TensorInfo> _byName;

    /// <summary>Takes over open files.</summary>
    /// <param name="folder">The folder, for messages.</param>
    /// <param name="files">The files.</param>
    /// <param name="tensors">Their tensors, each name once.</param>
    public TensorStore(string folder, IEnumerable<MappedFile> files, IEnumerable<TensorInfo> tensors)
    {
        Folder = folder;
        _files = files.ToFrozenDictionary(file => file.Name, StringComparer.Ordinal);
        Tensors = [.. tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal)];
        _byName = Tensors.ToFrozenDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>The folder as the caller named it.</summary>
    public string Folder { get; }

    /// <summary>Every stored tensor, ordered by name (ordinal).</summary>
    public ImmutableArray<TensorInfo> Tensors { get; }

    /// <summary>The stored tensor of a name, or null.</summary>
    public TensorInfo? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Where a tensor lies, for messages.</summary>
    public string PathOf(TensorInfo tensor) => Path.Combine(Folder, tensor.File);

    /// <summary>Whether a description is one of this store's own.</summary>
    public bool Holds(TensorInfo tensor) => ReferenceEquals(Find(tensor.Name), tensor);

    /// <summary>Bytes of a tensor, straight from the memory map.</summary>
    /// <param name="tensor">Its file and offset count; the name may be one under which the model knows it.</param>
    /// <param name="offset">Bytes from the tensor's start.</param>
    /// <param name="count">Bytes.</param>
    public ReadOnlySpan<byte> Read(TensorInfo tensor, long offset, int count) => _files[tensor.File].Read(tensor.Offset + offset, count);

    /// <summary>Lets go of memory that reading a part of a tensor took.</summary>
    public void Release(TensorInfo tensor, long offset, long count) => _files[tensor.File].Release(tensor.Offset + offset, count);

    /// <summary>All bytes of a tensor of at most 2³¹ − 1 bytes.</summary>
    public ReadOnlySpan<byte> ReadAll(TensorInfo tensor) => Read(tensor, 0, checked((int)tensor.Length));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (MappedFile file in _files.Values)
            file.Dispose();
    }
}
