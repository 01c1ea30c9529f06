using System.Collections.Frozen;
using Gate.Models;
using Gate.Models.Checkpoints;
using Gate.Models.Gguf.Writing;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Compression.Export.Forms;

/// <summary>One GGUF file: matrices that are not quantised as F16, vectors as F32, both as llama.cpp's converter writes them.</summary>
internal sealed class GgufForm : CandidateForm
{
    private readonly GgufHeader _header;
    private readonly FrozenDictionary<string, GgufTensorToWrite> _described;
    private readonly GgufBlockFormat _main;

    public GgufForm(GgufHeader header, Model dense, CompressionPlan plan)
    {
        _header = header;
        GgufContents contents = GgufContents.Of(header, dense.Checkpoint.Tensors, plan.Layers);
        _described = contents.Tensors.ToFrozenDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        _main = contents.Main;
    }

    public override string FilePattern => "*.gguf";

    public override bool HasConfiguration => false;

    public override string? NameOf(TensorInfo tensor) => _header.PlaceOf(tensor)?.Name;

    public override NumberFormat FormatOf(TensorInfo tensor, NumberFormat? compressed) => GgufContents.PlainFormatOf(tensor, _header.PlaceOf(tensor)!);

    public override NumberFormat PresentedFormat(TensorInfo tensor, NumberFormat written) =>
        _header.PlaceOf(tensor)!.IsDerived ? NumberFormat.Float32 : written;

    public override long ModelRow(TensorInfo tensor, long storedRow) => _header.PlaceOf(tensor)!.ModelRow(storedRow);

    public override bool IsReordered(TensorInfo tensor) => _header.PlaceOf(tensor)!.Order is not null;

    public override string PresentedName(TensorInfo tensor) => _header.PresentedName(tensor);

    public override float OffsetOf(TensorInfo tensor) => _header.PlaceOf(tensor)!.Offset;

    public override void Write(string folder, IEnumerable<TensorToWrite> tensors, Action<string, WrittenTensor, IReadOnlyList<string>> written, CancellationToken cancellationToken)
    {
        List<GgufTensorToWrite> all = [.. tensors.Select(tensor => _described[tensor.Name] with { Write = tensor.Write })];
        foreach (GgufTensorToWrite own in _header.OwnTensors)
        {
            all.Add(own with
            {
                Write = stream =>
                {
                    using MemoryStream bytes = new();
                    own.Write(bytes);
                    using TensorSink sink = new(stream);
                    sink.Write(bytes.ToArray());
                    written(own.Name, sink.Finish(NumberFormat.Float32, own.Shape), []);
                },
            });
        }

        _header.Write(folder, all, _main, cancellationToken);
    }

    public override string? DifferenceOf(Model dense, Model candidate) => _header.DifferenceOf(candidate);
}
