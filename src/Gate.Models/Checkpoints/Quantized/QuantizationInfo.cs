namespace Gate.Models.Checkpoints;

/// <summary>In which quantised format a checkpoint stores its weights.</summary>
/// <param name="Method">The method the files name, for example <c>compressed-tensors</c>, <c>gptq</c>, <c>awq</c> or <c>gguf</c>.</param>
/// <param name="Format">The layout, for example <c>pack-quantized</c>, <c>gptq_v2</c> or <c>gemm</c>.</param>
/// <param name="QuantizesActivations">Whether the runtime is told to round activations too. 8-bit integers with a
/// scale for each token are computed as such; of other kinds the activations stay exact, so such a candidate loses at least as much as is measured.</param>
public sealed record QuantizationInfo(string Method, string Format, bool QuantizesActivations)
{
    /// <summary>Method and layout as messages show them.</summary>
    public override string ToString() => Format.Length == 0 ? Method : $"{Method}, {Format}";
}
