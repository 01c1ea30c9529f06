namespace Gate.Compression;

/// <summary>In which format a candidate is written.</summary>
public enum CandidateLayout
{
    /// <summary>Every weight as a 16-bit number, in a Hugging Face folder.</summary>
    Dense,

    /// <summary>compressed-tensors <c>pack-quantized</c>: codes packed densely, as vLLM and transformers read them.</summary>
    CompressedTensors,

    /// <summary>The same as versions of the library before 0.17 pack and read it: whole codes in every word. Differs at 3, 5, 6 and 7 bits.</summary>
    CompressedTensorsPadded,

    /// <summary>GPTQ: version 1 of the layout for symmetric grids, version 2 for asymmetric ones.</summary>
    Gptq,

    /// <summary>AWQ in the GEMM layout, 4 bit.</summary>
    Awq,

    /// <summary>One GGUF file for llama.cpp, for models of the Llama family.</summary>
    Gguf,
}
