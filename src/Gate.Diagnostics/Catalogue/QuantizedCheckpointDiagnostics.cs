namespace Gate.Diagnostics;

/// <summary>GATE3110 to GATE3129: quantised weights of other tools, and GGUF.</summary>
internal static class QuantizedCheckpointDiagnostics
{
    private const string Damaged = "The settings and the tensors do not belong together, or the file is damaged: export the candidate again.";

    /// <summary>The entries of this range, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticEntry> Entries { get; } =
    [
        new("GATE3110", "Quantised format not read", "The weights are packed in a format or layout that Gate does not read; the message names it.", "Export the candidate as compressed-tensors, gptq, awq (gemm) or GGUF, or expand it to 16 bit with the tool that made it."),
        new("GATE3111", "Quantisation settings are wrong", "quantization_config, quantize_config.json or quant_config.json lacks a key, holds one of the wrong type, or contradicts the tensors.", "Export the candidate again, or correct the settings at the line and column named."),
        new("GATE3112", "Part of a packed matrix missing", "A quantised matrix lacks its codes, scales, zero points or extents.", Damaged),
        new("GATE3113", "Part of a packed matrix has another shape", "Codes, scales and zero points of a matrix must have the extents that the settings give them.", Damaged),
        new("GATE3114", "Part of a packed matrix has another format", "Codes, scales or indices are stored in an element format that the layout does not have.", Damaged),
        new("GATE3115", "Scales are not finite", "A scale is NaN or infinite; every weight of its group would be.", "The quantiser divided by zero or overflowed: quantise again, with scales in bfloat16 if the model was trained so."),
        new("GATE3116", "Index out of range", "A column names a group that does not exist, or an extent or offset is impossible.", Damaged),
        new("GATE3118", "Matrix stored twice", "A matrix is stored packed and plain; which one counts would depend on the reader.", "Remove one of the two, or export the candidate again."),
        new("GATE3119", "Sparsity mask does not fit", "The mask keeps another number of weights than there are values.", Damaged),
        new("GATE3120", "Not a GGUF file Gate reads", "The file does not begin with GGUF, or its version is not 2 or 3 in little-endian order.", "Convert the model again with a current converter."),
        new("GATE3121", "GGUF file cut off or damaged", "A key, a value or a tensor would reach beyond the end of the file, or an entry is not as specified.", "Download or convert the file again; compare its size and hash with where it came from."),
        new("GATE3122", "GGUF metadata is wrong", "A key that describes the architecture is missing, of the wrong type or out of range.", "Convert the model again with a current converter."),
        new("GATE3123", "GGUF content not read", "The architecture, a tensor type or a feature of the file is one that Gate does not read; the message names it.", "Convert the model to a format and architecture that the message lists."),
        new("GATE3124", "Several GGUF files", "The folder holds several GGUF files, or one of several parts.", "Name the file to judge; join parts with llama-gguf-split --merge."),
        new("GATE3125", "GGUF tokenizer not read", "The tokenizer that the file holds is of a kind, or splits text in a way, that Gate does not read from GGUF; the message names it.", "Put the model's own tokenizer.json and tokenizer_config.json beside the file."),
    ];
}
