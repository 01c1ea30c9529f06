using System.Security.Cryptography;
using Gate.Compression.Export.Formats;
using Gate.Models;
using Gate.Models.Blueprints;
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

    public override void Write(
        string folder, IEnumerable<TensorToWrite> tensors, Action<string, WrittenTensor, IReadOnlyList<string>> written, CancellationToken cancellationToken) =>
        CheckpointWriter.WriteTensors(folder, Stack(tensors, written), cancellationToken: cancellationToken);

    public override string? DifferenceOf(Model dense, Model candidate) => null;

    // What the dense file stacks is stacked again.
    private IEnumerable<TensorToWrite> Stack(IEnumerable<TensorToWrite> tensors, Action<string, WrittenTensor, IReadOnlyList<string>> written)
    {
        Dictionary<string, StackedTensor> stackOf = dense.Stacked.SelectMany(stack => stack.Parts.Select(part => (part, stack))).ToDictionary(StringComparer.Ordinal);
        Dictionary<string, TensorToWrite> parts = new(StringComparer.Ordinal);
        foreach (TensorToWrite tensor in tensors)
        {
            if (stackOf.ContainsKey(tensor.Name))
                parts.Add(tensor.Name, tensor);
            else
                yield return tensor;
        }

        foreach (StackedTensor stack in stackOf.Values.Distinct())
            yield return Stack(stack, [.. stack.Parts.Select(part => parts[part])], written);
    }

    private static TensorToWrite Stack(StackedTensor stack, TensorToWrite[] parts, Action<string, WrittenTensor, IReadOnlyList<string>> written)
    {
        NumberFormat format = parts[0].Format;
        if (parts.FirstOrDefault(part => part.Format != format) is { } other)
        {
            throw LayerFormat.CannotHold(
                LayoutNames.Of(CandidateLayout.Dense), $"{parts[0].Name} as {StoredFormats.NameOf(format)} and {other.Name} as {StoredFormats.NameOf(other.Format)}, which '{stack.Name}' stacks in one tensor");
        }

        TensorToWrite whole = new(stack.Name, format, [parts.Length, .. parts[0].Shape], _ => { });
        return whole with { Write = Write };

        void Write(Stream stream)
        {
            using SHA256 hash = SHA256.Create();
            using (CryptoStream hashed = new(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
            {
                foreach (TensorToWrite part in parts)
                    part.Write(hashed);
            }

            written(stack.Name, new WrittenTensor(format, whole.Shape, Convert.ToHexStringLower(hash.Hash!)), [.. stack.Parts]);
        }
    }
}
