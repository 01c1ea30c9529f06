using System.Collections.Immutable;
using Gate.Models;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;

namespace Gate.Compression.Export.Forms;

/// <summary>What kind of file holds a candidate: the names of its tensors, the precision of plain ones, and the order of their rows.</summary>
internal abstract class CandidateForm
{
    /// <summary>The form of a layout.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 2: a model or tokenizer the form cannot hold.</exception>
    public static CandidateForm Of(CompressionPlan plan, Model dense) =>
        plan.Layout == CandidateLayout.Gguf ? new GgufForm(dense.GgufHeader(), dense, plan) : new SafetensorsForm(dense);

    /// <summary>Pattern of the names of weight files.</summary>
    public abstract string FilePattern { get; }

    /// <summary>Whether <c>config.json</c> belongs to it; otherwise the weight file says everything.</summary>
    public abstract bool HasConfiguration { get; }

    /// <summary>The name of a tensor in the file, or null for one that is left out.</summary>
    public abstract string? NameOf(TensorInfo tensor);

    /// <summary>The name under which a reader presents a tensor.</summary>
    public virtual string PresentedName(TensorInfo tensor) => tensor.Name;

    /// <summary>What is added to the values of a tensor in the file.</summary>
    public virtual float OffsetOf(TensorInfo tensor) => 0;

    /// <summary>The precision in which a tensor is written that is no packed layer.</summary>
    /// <param name="tensor">The dense tensor.</param>
    /// <param name="compressed">Its 16-bit format when it is a compressed layer, else null.</param>
    public abstract NumberFormat FormatOf(TensorInfo tensor, NumberFormat? compressed);

    /// <summary>The element format under which a reader presents a tensor written in a format.</summary>
    public abstract NumberFormat PresentedFormat(TensorInfo tensor, NumberFormat written);

    /// <summary>Which of the model's rows lies at a row of the file.</summary>
    public abstract long ModelRow(TensorInfo tensor, long storedRow);

    /// <summary>Whether rows lie in another order than the model's.</summary>
    public virtual bool IsReordered(TensorInfo tensor) => false;

    /// <summary>Whether a matrix lies in the file with rows and columns exchanged.</summary>
    public virtual bool IsTransposed(TensorInfo tensor) => false;

    /// <summary>The extents of a tensor in the file.</summary>
    public ImmutableArray<long> ShapeOf(TensorInfo tensor) => IsTransposed(tensor) ? [tensor.Shape[1], tensor.Shape[0]] : tensor.Shape;

    /// <summary>Writes the weight files.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="tensors">All tensors, under their names in the file.</param>
    /// <param name="written">Told what was written besides <paramref name="tensors"/>, and which of them went into it.</param>
    /// <param name="cancellationToken">Looked at between tensors.</param>
    public abstract void Write(string folder, IEnumerable<TensorToWrite> tensors, Action<string, WrittenTensor, IReadOnlyList<string>> written, CancellationToken cancellationToken);

    /// <summary>Why the candidate would compute otherwise than its weights say, or null.</summary>
    public abstract string? DifferenceOf(Model dense, Model candidate);
}
