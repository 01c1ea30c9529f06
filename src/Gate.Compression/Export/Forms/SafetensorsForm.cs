using Gate.Models;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Export.Forms;

/// <summary>A Hugging Face folder: the model's own names and rows; what is not compressed is copied byte for byte.</summary>
internal sealed class SafetensorsForm(Model dense) : CandidateForm
{
    private readonly HashSet<string> _transposed = [.. dense.LinearLayers.Where(layer => layer.IsTransposed).Select(layer => layer.WeightTensor)];

    public override string FilePattern => "*.safetensors";

    public override bool HasConfiguration => true;

    public override string NameOf(TensorInfo tensor) => tensor.Name;

    public override NumberFormat FormatOf(TensorInfo tensor, NumberFormat? compressed) => compressed ?? tensor.Format;

    public override NumberFormat PresentedFormat(TensorInfo tensor, NumberFormat written) => written;

    public override long ModelRow(TensorInfo tensor, long storedRow) => storedRow;

    public override bool IsTransposed(TensorInfo tensor) => _transposed.Contains(tensor.Name);

    public override void Write(string folder, IEnumerable<TensorToWrite> tensors, Action<string, WrittenTensor> written, CancellationToken cancellationToken) =>
        CheckpointWriter.WriteTensors(folder, tensors, cancellationToken: cancellationToken);

    public override string? DifferenceOf(Model dense, Model candidate) => null;
}
