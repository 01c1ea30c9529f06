using Gate.Models.Checkpoints;

namespace Gate.Compression.Export.Formats;

/// <summary>
/// Parts of layers on their way to the weight files. A layer gives all its parts at once while a file wants its tensors sorted, so parts wait in a
/// temporary file: memory holds one layer, never the model.
/// </summary>
internal sealed class PartSpill : IDisposable
{
    private readonly FileStream _file;

    /// <summary>Creates the temporary file.</summary>
    /// <param name="folder">A folder on the disk of the candidate.</param>
    public PartSpill(string folder) => _file = new FileStream(
        Path.Combine(folder, $".parts.{Environment.ProcessId}.tmp"), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 20, FileOptions.DeleteOnClose);

    /// <summary>Stores a part.</summary>
    /// <param name="part">The part.</param>
    /// <param name="written">Told what was written when it is.</param>
    public TensorToWrite Add(LayerPart part, Action<WrittenTensor> written)
    {
        long offset = _file.Seek(0, SeekOrigin.End);
        _file.Write(part.Bytes);
        int length = part.Bytes.Length;
        return new TensorToWrite(part.Name, part.Format, part.Shape, stream =>
        {
            byte[] bytes = new byte[length];
            _file.Position = offset;
            _file.ReadExactly(bytes);
            using TensorSink sink = new(stream);
            sink.Write(bytes);
            written(sink.Finish(part.Format, part.Shape));
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
