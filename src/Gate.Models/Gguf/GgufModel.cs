using System.Collections.Immutable;
using Gate.Diagnostics;
using Gate.Models.Blueprints;
using Gate.Models.Checkpoints;
using Gate.Models.Checkpoints.Gguf;
using Gate.Models.Checkpoints.Quantized;
using Gate.Models.Structure;
using Gate.Numerics.NumberFormats;

namespace Gate.Models.Gguf;

/// <summary>A model in one GGUF file, under the names and in the row order of its architecture.</summary>
internal sealed class GgufModel
{
    private readonly ImmutableArray<GgufTensor> _tensors;
    private readonly GgufConfiguration _description;

    private GgufModel(GgufFile gguf)
    {
        _tensors = [.. gguf.Tensors.SelectMany(PartsOf)];
        Dictionary<string, GgufTensor> byName = _tensors.ToDictionary(tensor => tensor.Stored.Name, StringComparer.Ordinal);
        _description = GgufConfiguration.Read(new GgufContent(
            gguf.File.Path, gguf.Metadata, name => byName.GetValueOrDefault(name)?.Shape, name => Singles(gguf, byName[name])));
    }

    /// <summary>Opens a file as the checkpoint it was made from, and the model that its keys describe.</summary>
    /// <exception cref="GateException">Exit 4: GATE3120 to GATE3124.</exception>
    public static (Checkpoint Checkpoint, Blueprint Blueprint) Open(string path)
    {
        var gguf = GgufFile.Open(path);
        GgufModel model;
        try
        {
            if (gguf.Metadata.TryGetValue("split.count", out object? parts) && parts is long and > 1)
                throw GgufDiagnostics.Several(path, $"one of {parts} parts");
            model = new GgufModel(gguf);
        }
        catch
        {
            gguf.File.Dispose();
            throw;
        }

        string folder = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        TensorStore store = new(folder, [gguf.File], model._tensors.Select(tensor => tensor.Stored));
        return (Checkpoint.Present(model._description.Configuration, store, () => model.Present(store), path), model._description.Blueprint);
    }

    // The experts of a block lie in one tensor, one behind the other: each is a tensor of its own here.
    private static IEnumerable<GgufTensor> PartsOf(GgufTensor tensor)
    {
        if (tensor.Shape is not [var count, var rows, var columns])
            return [tensor];
        long length = tensor.Stored.Length / count;
        return Enumerable.Range(0, (int)Math.Min(count, tensor.Stored.Length)).Select(part => new GgufTensor(
            tensor.Stored with
            {
                Name = GgufNames.Part(tensor.Stored.Name, part),
                Shape = tensor.IsPlain ? [rows, columns] : [rows, length / rows],
                Offset = tensor.Stored.Offset + (part * length),
                Length = length,
            },
            tensor.Format, [rows, columns]));
    }

    private static float[] Singles(GgufFile gguf, GgufTensor tensor)
    {
        if (tensor.PlainFormat != NumberFormat.Float32)
            throw GgufDiagnostics.Unsupported(gguf.File.Path, $"'{tensor.Stored.Name}' of one F32 factor for each rotated pair", $"{tensor.Format} {tensor.Stored.ShapeText}");
        float[] values = new float[tensor.Stored.Length / sizeof(float)];
        Widening.ToSingles(NumberFormat.Float32, gguf.File.Read(tensor.Stored.Offset, (int)tensor.Stored.Length), values);
        return values;
    }

    // Plain tensors in their order are read where they lie; the others are computed.
    private ModelTensors Present(TensorStore store)
    {
        GgufNames names = GgufNames.Of(_description.Blueprint, _description.Family);
        Dictionary<string, ImmutableArray<long>> shapes = TensorLayout.Of(_description.Blueprint).ToDictionary(tensor => tensor.Name, tensor => tensor.Shape, StringComparer.Ordinal);
        var plain = ImmutableArray.CreateBuilder<TensorInfo>();
        var derived = ImmutableArray.CreateBuilder<DerivedTensor>();
        foreach (GgufTensor tensor in _tensors.Where(tensor => !GgufScaling.Is(tensor.Stored.Name)))
        {
            string name = names.ToModel(tensor.Stored.Name);
            GgufPlace place = names.Find(name) ?? new GgufPlace(name);
            ImmutableArray<long> shape = shapes.TryGetValue(name, out ImmutableArray<long> meant) && IsSame(meant, tensor.Shape) ? meant : tensor.Shape;
            if (place.Order is { } order && shape[0] != order.Count)
                throw GgufDiagnostics.Damaged(store.PathOf(tensor.Stored), $"{order.Count} rows of tensor '{tensor.Stored.Name}'", $"{shape[0]}");
            if (tensor.IsPlain && !place.IsDerived)
                plain.Add(tensor.Stored with { Name = name, Shape = shape });
            else
                derived.Add(new GgufMatrix(name, shape, store, tensor, place));
        }

        return new ModelTensors(plain.ToImmutable(), derived.ToImmutable(), new QuantizationInfo("gguf", MostUsedFormat(), false));
    }

    // A matrix of one row is a vector in some files.
    private static bool IsSame(ImmutableArray<long> meant, ImmutableArray<long> stored) =>
        meant.Where(extent => extent != 1).SequenceEqual(stored.Where(extent => extent != 1));

    // The block format with most bytes; a plain one only when there is no other.
    private string MostUsedFormat() => _tensors
        .GroupBy(tensor => tensor.Format)
        .OrderBy(group => GgufTensor.PlainFormatOf(group.Key) is not null)
        .ThenByDescending(group => group.Sum(tensor => tensor.Stored.Length))
        .Select(group => $"{group.Key}")
        .FirstOrDefault("");
}
