using Gate.Models.Inference;
using Gate.Models.Inference.Engine;

namespace Gate.Models.Architectures;

/// <summary>The end of a decoder: the final norm and the projection to the vocabulary.</summary>
internal interface IOutputStep
{
    /// <summary>Shows the logits of every row of the last residual stream, in order.</summary>
    /// <param name="stream">One row for each token; overwritten.</param>
    /// <param name="visit">Receives the row and its logits.</param>
    void VisitLogits(DeviceMatrix stream, LogitsVisitor visit);
}
