using Gate.Models.Inference;
using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>The final norm and the head of Llama-like decoders.</summary>
internal sealed class LlamaOutput(LlamaWorkspace workspace, ModelWeights weights) : IOutputStep
{
    private readonly NormalizationSettings _norm = workspace.Norm(weights, LlamaTensors.FinalNorm);

    /// <summary>The projection to the vocabulary.</summary>
    public LinearWeights Head { get; } = workspace.Engine.UploadLinear(
        [workspace.Settings.TiedHead ? new StoredLinear(weights.Matrix(LlamaTensors.Embedding), null) : weights.Linear(LlamaTensors.Head, bias: false)]);

    /// <summary>Normalises the rows that go to the head, in place.</summary>
    public void Normalize(DeviceMatrix stream) => workspace.Engine.Normalize(stream, _norm, stream);

    public void VisitLogits(DeviceMatrix stream, LogitsVisitor visit)
    {
        Normalize(stream);
        workspace.Engine.VisitLogits(stream, Head, (row, logits) => visit(row, logits));
    }
}
