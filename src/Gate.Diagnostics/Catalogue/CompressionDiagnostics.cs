namespace Gate.Diagnostics;

/// <summary>GATE4xxx: recipes, budgets and candidates.</summary>
internal static class CompressionDiagnostics
{
    /// <summary>The entries of this range, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticEntry> Entries { get; } =
    [
        new(
            "GATE4001", "A pattern matches no layer",
            "A glob pattern in the include or exclude list of a recipe step fits none of the module names its scope covers.",
            "Correct the pattern, or remove it; \"gate inspect MODEL\" lists the names. \"*\" stands for any run of characters, dots included."),
        new(
            "GATE4002", "A scope without layers",
            "The model has no layer of the kind the recipe asks for, or the exclude patterns remove every one that was chosen.",
            "Choose another scope, or remove an exclude pattern. A final dense layer that is tied to the embeddings cannot be compressed on its own."),
        new(
            "GATE4003", "A recipe that makes no sense",
            "A setting of the recipe is outside its range, contradicts another one, or is missing.",
            "Correct the setting the message names; sparsities are shares below 1, bits are 2 to 8."),
        new(
            "GATE4004", "Unknown compression method",
            "The recipe names a pruning or quantisation method Gate does not have.",
            "Use one of the names the message lists."),
        new(
            "GATE4005", "A shape that groups do not divide",
            "An N:M pattern or a group size does not divide the number of inputs of a layer in scope.",
            "Choose a group that divides it, leave the group size out, or exclude the layer."),
        new(
            "GATE4010", "The recipe misses the budget",
            "The size of the recipe, computed from shapes alone, is above what the budget allows. Nothing was compressed.",
            "Make one of the changes the message lists, compress more layers, or relax the budget."),
        new(
            "GATE4011", "A budget that is none",
            "The budget sets no limit or more than one, or a limit outside its range.",
            "Set exactly one of compressionRate (a share below 1), bitsPerWeight and size."),
        new(
            "GATE4021", "A value the 16-bit format cannot hold",
            "A compressed layer has a value beyond the range of float16.",
            "Convert the dense model to bfloat16, or leave the layer out of the recipe's scope."),
        new(
            "GATE4030", "The output folder is occupied",
            "The folder for the candidate holds files that Gate did not write there.",
            "Choose another folder, or move its contents away."),
        new(
            "GATE4031", "The output folder is the dense model's",
            "Writing the candidate there would destroy the model it is made from.",
            "Write the candidate to a folder of its own."),
        new(
            "GATE4032", "The candidate cannot be written",
            "The disk is full, or the folder cannot be written to.",
            "Choose a folder you may write to, on a disk with room."),
        new(
            "GATE4033", "The candidate read back differs",
            "The files on disk are not what was written.",
            "Check the disk, then compress again."),
        new(
            "GATE4040", "The sidecar cannot be used",
            "gate-compression.json is malformed or of another version.",
            "Compress again, or remove the file to have the folder judged as a candidate made elsewhere."),
        new(
            "GATE4041", "The sidecar belongs to other weights",
            "The weights were changed or exchanged after compression.",
            "Compress again, or remove the file to have the folder judged as a candidate made elsewhere."),
        new(
            "GATE4050", "Calibration data that cannot be used",
            "The calibration file is missing, unreadable, empty, or has a line that is not as expected.",
            "Give a text file with one document per line, or a JSON Lines file with a \"text\" in every line."),
        new(
            "GATE4051", "Too few calibration data",
            "The documents hold fewer tokens than the recipe asks for.",
            "Ask for fewer samples or shorter sequences, or give more text."),
        new(
            "GATE4052", "A method without its calibration data",
            "Wanda, SparseGPT, GPTQ, AWQ, SmoothQuant, OWL and importance look at the inputs of layers, but the recipe names no calibration data.",
            "Name a text or JSON Lines file under recipe.calibration.data, or use a method that looks at weights only."),
        new(
            "GATE4053", "Calibration windows longer than the context",
            "recipe.calibration.sequenceLength is more than the model can see.",
            "Write the length the message names, or a shorter one."),
        new(
            "GATE4054", "Calibration without a tokenizer",
            "The dense model's folder has no tokenizer.json, so calibration text cannot become tokens.",
            "Add the model's tokenizer.json."),
        new(
            "GATE4055", "Few calibration tokens",
            "SparseGPT or GPTQ estimates a Hessian from fewer tokens than twice its order; damping hides that it is close to singular.",
            "Raise recipe.calibration.samples or sequenceLength."),
        new(
            "GATE4056", "Activations that are not finite",
            "On the calibration data the inputs of a layer are NaN or infinite, so nothing can be learnt from them.",
            "Check that the dense model answers on these texts; convert float16 weights to bfloat16."),
        new(
            "GATE4057", "Calibration data overlap the questions",
            "A run of 13 words of the calibration data also stands in an evaluation item, so the candidate may have been fitted to what judges it.",
            "Calibrate on text that shares nothing with the suite."),
        new(
            "GATE4060", "The output format cannot hold the recipe",
            "The format has no place for the bits, groups, grid or shapes of a layer; codes are never rounded a second time to make them fit.",
            "Choose another output.format (dense holds everything), or change the recipe."),
        new(
            "GATE4061", "The model is quantised already",
            "The weights to compress are packed codes or come from a GGUF file; rounding them again would compress an approximation.",
            "Compress the model it was made from, or judge it as a candidate with 'gate compare'."),
        new(
            "GATE4070", "No plan meets the budget",
            "Even the smallest option of every layer together is above the budget. Sizes are computed from shapes alone; nothing was compressed.",
            "Relax the budget to the floor the message names, or take a smaller model."),
        new(
            "GATE4071", "A recipe was planned",
            "The configuration has a budget and no recipe, so each layer's bits, groups and zeros were chosen; the note says how, and against what the plan was held.",
            "Nothing needs to be done; write a recipe to choose by hand."),
        new(
            "GATE4072", "A recipe is left out of the sweep",
            "The shapes of the model do not allow the group size or pattern, or it has no layer of that scope.",
            "Nothing needs to be done, or choose a group size that divides the layers' inputs."),
        new(
            "GATE4073", "A sweep without recipes",
            "The grid of the sweep has no recipe that this model's shapes allow.",
            "Change sweep.bits, sweep.sparsities, sweep.groupSize or sweep.scopes."),
        new(
            "GATE4100", "Settings that do not go with the grid",
            "A grid of floats has its own number of bits and no zero points, MXFP4 has groups of 32, and one scale over a tensor has no groups.",
            "Remove the setting the message names, or use the integer grid."),
        new(
            "GATE4101", "Scales that cannot be folded",
            "AWQ and SmoothQuant put scales into whole blocks between pruning and rounding; the recipe asks for something that leaves no place for that.",
            "Remove the setting the message names, or use another method."),
        new(
            "GATE4102", "Importance without round to nearest",
            "Clipping by importance fits a scale to each weight's own error, but GPTQ and AWQ move errors and weights about.",
            "Use round to nearest, or another clipping."),
        new(
            "GATE4103", "Sparsities that cannot be shared by outliers",
            "OWL shares one sparsity among blocks; patterns, global thresholds, other methods and a spread beyond the kept share leave it nothing to do.",
            "Change the setting the message names, or remove recipe.prune.layerwise."),
        new(
            "GATE4104", "A structure that cannot be pruned",
            "Rows, columns, heads and neurons are pruned by their norm or by lot. Heads lie across the attention layers of a block and neurons across its feed-forward layers: the scope must hold all layers of a unit and no other.",
            "Change recipe.prune.structure, method or scope as the message says."),
        new(
            "GATE4120", "GGUF cannot hold the model",
            "llama.cpp does not know the family, or its keys cannot say what the model computes: the header, read back, described another model. The message names the first difference.",
            "Choose another output.format; docs/formats.md lists the families that GGUF holds."),
        new(
            "GATE4121", "GGUF cannot hold the tokenizer",
            "GGUF names a splitter instead of holding its pattern, and llama.cpp knows a fixed list of them. A tokenizer that would split text otherwise than the model's own is not written.",
            "Choose another output.format, or convert with llama.cpp's own script."),
        new(
            "GATE4122", "A setting that the method fixes",
            "The methods q8_0, q6_k, q4_1, q4_0 and q4_k are quantisers of GGUF block formats, which fix bits, groups and grid.",
            "Leave the setting out, or use method rtn or gptq to choose it."),
        new(
            "GATE4123", "A grid without zero for pruned weights",
            "The blocks of q4_1 and q4_k are fitted between the smallest and the largest weight and need not hold 0, so pruned weights would come back.",
            "Use q4_0, q6_k, q8_0 or rtn, or leave the pruning out."),
        new(
            "GATE4124", "Integer activations without integer weights",
            "Activations as 8-bit integers are multiplied with symmetric 8-bit weights that have one scale for each output channel; nothing else is.",
            "Write bits 8 and leave groupSize, symmetric, grid and granularity out, or leave activations out."),
        new(
            "GATE4140", "A memory limit that cannot be kept",
            "One block of the model with its calibration statistics, or a loaded model that answers questions, takes more memory than 'memory' allows. Computed from shapes alone; nothing was done.",
            "Raise the limit to what the message names, calibrate on shorter samples, or compress on a larger machine."),
        new(
            "GATE4160", "Questions left out of a sweep",
            "They share a run of 13 words with the calibration data. What recipes are chosen and judged by must share nothing with what they were fitted to.",
            "Nothing needs to be done, or calibrate on text that shares nothing with the suite."),
        new(
            "GATE4161", "A task that calibration has seen whole",
            "Every item of the task shares a run of 13 words with the calibration data, so none is left to choose or judge a recipe by.",
            "Calibrate on text that shares nothing with the suite, or leave the task out."),
        new(
            "GATE4162", "Blocks or experts that cannot be removed",
            "The recipe removes more than the model has, or what would be left cannot be written as a configuration of the model's family: blocks that differ by their place, or share their layers.",
            "Remove fewer or others, or prune heads and neurons instead, which leave every block in its place."),
    ];
}
