using System.Text.Json;
using Gate.Compression.Quantization;
using Gate.Compression.Recipes;

namespace Gate.Compression.Tests.Reference;

/// <summary>One run of an original implementation and the rule by which to compare with it.</summary>
internal sealed class ReferenceCase(ReferenceSet set, JsonElement entry)
{
    public string Method => entry.GetProperty("method").GetString()!;

    public JsonElement Parameters => entry.GetProperty("params");

    public bool IsReconstruction => entry.GetProperty("compare").GetString() == "reconstruction";

    public double ReconstructionError => entry.GetProperty("recon_error").GetDouble();

    /// <summary>The "error" the original code prints.</summary>
    public double PrintedError => entry.GetProperty("printed_error").GetDouble();

    public ReferenceLayer Layer => set.Layer(entry.GetProperty("layer").GetString()!);

    public IReadOnlyList<ReferenceLayer> Layers => [.. entry.GetProperty("layers").EnumerateArray().Select(name => set.Layer(name.GetString()!))];

    public SafetensorsFixture File => set.File(entry.GetProperty("file").GetString()!);

    public double Number(string name) => Parameters.GetProperty(name).GetDouble();

    public int Integer(string name) => Parameters.GetProperty(name).GetInt32();

    public bool Flag(string name) => Parameters.TryGetProperty(name, out JsonElement value) && value.GetBoolean();

    public bool Has(string parameter) => Parameters.TryGetProperty(parameter, out _);

    public NmPattern Pattern => new(Integer("pruned_per_group"), Integer("group"));

    /// <summary>Group size, or null for one grid per row.</summary>
    public int? GroupSize => Integer("groupsize") == -1 ? null : Integer("groupsize");

    /// <summary>The grid the case was run with, in the reference's arithmetic.</summary>
    public GridOptions Grid => new(Integer("bits"), Flag("sym"))
    {
        Range = SymmetricRange.Reference,
        Clipping = Flag("mse") ? new GridClipping(Number("norm"), Integer("grid"), Number("maxshrink")) : null,
    };

    /// <summary>Name of the tensor with a role, or null when the case has none.</summary>
    public string? Tensor(string role) =>
        entry.GetProperty("tensors").TryGetProperty(role, out JsonElement name) ? name.GetString() : null;

    /// <summary>Name of a tensor of one layer in a case over several.</summary>
    public string Tensor(string layer, string role) => entry.GetProperty("tensors").GetProperty(layer).GetProperty(role).GetString()!;

    public bool[] Mask => [.. File.Bytes(Tensor("mask")!).Select(pruned => pruned == 1)];

    /// <summary>The most codes or mask entries by which precision or token order was seen to change this case.</summary>
    public int SeenDifferences(string kind) => Math.Max(Seen("f32_vs_f64", kind), Seen("reordered_tokens", kind));

    private int Seen(string comparison, string kind) =>
        entry.TryGetProperty(comparison, out JsonElement values) && values.TryGetProperty(kind, out JsonElement count) ? count.GetInt32() : 0;
}
