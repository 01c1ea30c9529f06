using Gate.Compression.Export.Forms;
using Gate.Diagnostics;
using Gate.Models;
using Gate.Models.Checkpoints;

namespace Gate.Compression.Export;

/// <summary>Reopens what was written and holds it against what was meant, before anybody is told that it worked.</summary>
internal static class CandidateVerification
{
    /// <summary>Checks names, formats, shapes and bytes; returns the hash of the weights.</summary>
    /// <param name="folder">The folder just written.</param>
    /// <param name="dense">The model it was made from.</param>
    /// <param name="form">The form it was written in.</param>
    /// <param name="written">What every tensor was meant to be.</param>
    /// <param name="presented">What the reader must make of packed layers.</param>
    /// <param name="cancellationToken">Checked between tensors.</param>
    /// <exception cref="GateException">Exit 4 (GATE4033): the files differ from what was written.</exception>
    public static string Verify(
        string folder, Model dense, CandidateForm form, IReadOnlyDictionary<string, WrittenTensor> written, IReadOnlyDictionary<string, WrittenTensor> presented,
        CancellationToken cancellationToken)
    {
        using Model candidate = Model.Open(folder);
        if (candidate.Checkpoint.StoredTensors.Count != written.Count)
            throw Differs(folder, $"expected {written.Count} tensors, found {candidate.Checkpoint.StoredTensors.Count}");
        foreach (TensorInfo tensor in candidate.Checkpoint.StoredTensors)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!written.TryGetValue(tensor.Name, out WrittenTensor? meant) || meant.Format != tensor.Format || !tensor.Shape.SequenceEqual(meant.Shape))
                throw Differs(folder, $"{tensor.Name} has another name, format or shape");
            if (WrittenTensor.HashOf(candidate, tensor) != meant.Hash)
                throw Differs(folder, $"the bytes of {tensor.Name} differ");
        }

        foreach ((string name, WrittenTensor meant) in presented)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TensorInfo? tensor = candidate.Checkpoint.Find(name);
            if (tensor is null || meant.Format != tensor.Format || !tensor.Shape.SequenceEqual(meant.Shape) || WrittenTensor.HashOf(candidate, tensor) != meant.Hash)
                throw Differs(folder, $"the packed parts of {name} stand for other weights than were computed");
            LargeGarbage.Collect();
        }

        if (form.DifferenceOf(dense, candidate) is { } difference)
            throw Differs(folder, $"its settings compute something else: {difference}");
        return candidate.Checkpoint.ComputeWeightsHash(cancellationToken);
    }

    private static GateException Differs(string folder, string what) => GateException.Input(
        "GATE4033", $"The candidate read back from {folder} is not what was written: {what}.", new SourceLocation(folder),
        "Check the disk, then compress again.");
}
