namespace Gate.Diagnostics;

/// <summary>GATE3001 to GATE3049: model folders and the weights in them.</summary>
internal static class CheckpointDiagnostics
{
    private const string Damaged = "Download or export the file again; compare its size and hash with where it came from.";

    /// <summary>The entries of this range, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticEntry> Entries { get; } =
    [
        new("GATE3001", "No model folder", "The path names nothing, or a file instead of a folder.", "Name the folder that holds config.json and the weights."),
        new("GATE3002", "No config.json", "The model folder has no config.json, so nothing says which architecture the weights belong to.", "Put the config.json that belongs to the weights beside them."),
        new("GATE3004", "config.json is wrong", "The file is not JSON, or a key is missing, of the wrong type or out of range.", "Correct the key at the line and column named, or download the file again."),
        new("GATE3005", "No weights", "The folder holds neither model.safetensors nor model.safetensors.index.json, or they hold no tensors.", "Download the model again, with its weights in safetensors format."),
        new("GATE3006", "Only pickled weights", "pytorch_model.bin is a Python pickle: opening it runs whatever code it contains, so Gate never opens one.", "Convert it in Python, where you trust it: AutoModelForCausalLM.from_pretrained(folder).save_pretrained(folder, safe_serialization=True)."),
        new("GATE3008", "safetensors file cut off", "The file ends before the header it announces.", Damaged),
        new("GATE3009", "safetensors header too long", "The first 8 bytes announce a header of more than 100,000,000 bytes; no real file has one.", "Check that the file really is safetensors; do not use it if it comes from a source you do not trust."),
        new("GATE3010", "safetensors header is not as specified", "The header is not a UTF-8 JSON object, is nested too deeply, or holds a name twice.", Damaged),
        new("GATE3011", "Tensor entry is not as specified", "dtype, shape or data_offsets of a tensor is missing, of the wrong type or negative, or there is an unknown key.", Damaged),
        new("GATE3012", "Unknown element format", "A tensor's dtype is not one Gate reads.", "Convert the checkpoint to bfloat16, float16 or float32."),
        new("GATE3013", "Shape and length disagree", "The product of a tensor's shape times its element size is not the length of its bytes.", Damaged),
        new("GATE3014", "Offsets outside the file", "A tensor's bytes would end before they begin, or after the end of the file.", Damaged),
        new("GATE3015", "Tensors overlap or leave gaps", "The tensors do not cover the data of the file exactly once: two overlap, some bytes belong to none, or bytes follow the last.", Damaged),
        new("GATE3016", "Shard index is wrong", "model.safetensors.index.json is not JSON, or its weight_map is not an object from tensor to file.", "Download the model again, with all its shards and their index."),
        new("GATE3017", "Shard missing", "The index names a shard that is not in the folder.", "Download the missing shard."),
        new("GATE3018", "Shard outside the folder", "The index names a shard by an absolute path or one that leaves the model folder.", "Do not use this checkpoint unless you trust where it came from."),
        new("GATE3019", "Index and shards disagree", "A tensor is not in the shard the index names, or is in a shard but not in the index.", "Download the model again; its index and shards come from different versions."),
        new("GATE3020", "Tensor in two shards", "The same tensor is stored in more than one shard.", "Download the model again; its shards come from different versions."),
        new("GATE3021", "Tensor missing", "The architecture needs a tensor that the checkpoint does not have.", "Check that config.json belongs to these weights; 'gate inspect' lists the tensors."),
        new("GATE3022", "Tensor is not floating point", "A tensor used as weights holds integers, booleans or another format that does not widen exactly to binary32.", "Convert the checkpoint to bfloat16, float16 or float32."),
        new("GATE3023", "Weights are not finite", "A weight is NaN or infinite; every score computed from it would be meaningless.", "Find out which step of training, conversion or compression produced it, and use the checkpoint from before."),
        new("GATE3025", "File changed while in use", "A weight file became shorter or longer while Gate was reading it.", "Do not write to a model folder while it is in use; run again when it is complete."),
        new("GATE3026", "File cannot be read", "The file is locked, protected, or the disk reports an error.", "Check that the file is there and that you may read it."),
        new("GATE3027", "Packed weights of a transposed layer", "A layer that its family stores as [inputs, outputs] (the Conv1D of GPT-2) holds packed weights, which have no such form.", "Quantise the model in a format of whole files (GGUF), or keep these layers dense."),
        new("GATE3028", "Two sets of weights", "The folder holds model.safetensors and shards with an index; loaders disagree which of them counts.", "Remove the one that does not belong to config.json."),
        new("GATE3030", "Folder cannot be written", "The folder for a checkpoint does not exist or may not be written.", "Create the folder, or choose one you may write to."),
        new("GATE3031", "Disk full", "There is no room for the checkpoint.", "Free some space or write to another disk."),
    ];
}
