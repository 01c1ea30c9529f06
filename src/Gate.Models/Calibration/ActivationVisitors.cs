using Gate.Models.Structure;

namespace Gate.Models.Calibration;

/// <summary>Shown the inputs of linear layers.</summary>
/// <param name="inputGroup">The <see cref="LinearLayer.InputGroup"/> of the layers that read them.</param>
/// <param name="window">Index of the calibration window.</param>
/// <param name="rows">One row of inputs for each token of the window that reaches the layers, row-major; valid during the call only.</param>
public delegate void ActivationVisitor(string inputGroup, int window, ReadOnlySpan<float> rows);

/// <summary>Shown what experts make of the tokens that reach them.</summary>
/// <param name="expert">Index of the expert in its block.</param>
/// <param name="weights">The router's weight of each token.</param>
/// <param name="outputs">One row of outputs for each token, before it is weighed, row-major; valid during the call only.</param>
public delegate void ExpertVisitor(int expert, ReadOnlySpan<float> weights, ReadOnlySpan<float> outputs);

/// <summary>Shown logits.</summary>
/// <param name="window">Index of the window.</param>
/// <param name="position">Position in it, from 0.</param>
/// <param name="logits">One value per vocabulary entry; valid during the call only.</param>
public delegate void WindowLogitsVisitor(int window, int position, ReadOnlySpan<float> logits);
