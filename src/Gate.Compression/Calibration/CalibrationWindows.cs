using Gate.Compression.Recipes;
using Gate.Diagnostics;
using Gate.Models;
using Gate.Models.Tokenization;

namespace Gate.Compression.Calibration;

/// <summary>From a recipe's calibration block to token windows, and what to say about them.</summary>
public static class CalibrationWindows
{
    /// <summary>The windows of a recipe on a model.</summary>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="recipe">The calibration.</param>
    /// <exception cref="GateException">Exit 2: windows longer than the model's context (GATE4053). Exit 4: data or tokenizer that cannot be used.</exception>
    public static int[][] Of(Model dense, CalibrationRecipe recipe)
    {
        int longest = dense.MaximumLength;
        if (recipe.SequenceLength > longest)
        {
            throw GateException.Usage(
                "GATE4053", $"recipe.calibration.sequenceLength: expected at most {longest} tokens (the context of {dense.Checkpoint.Folder}), found {recipe.SequenceLength}.",
                remedy: $"Write \"sequenceLength\": {longest}.");
        }

        Tokenizer tokenizer = Tokenizer.Open(dense.Checkpoint.Path) ?? throw GateException.Input(
            "GATE4054", $"Calibration turns text into tokens, but {dense.Checkpoint.Folder} has no tokenizer.json.", new SourceLocation(dense.Checkpoint.Folder),
            "Add the model's tokenizer.json.");
        return TokenWindows.Cut(
            CalibrationDocuments.Read(recipe.Data), tokenizer, recipe.Samples, recipe.SequenceLength, recipe.Seed,
            recipe.Windows == "cropped" ? WindowProtocol.Cropped : WindowProtocol.Packed);
    }

    /// <summary>Warns when a Hessian is made of fewer tokens than twice its order.</summary>
    internal static IEnumerable<CompressionWarning> Warnings(CompressionPlan plan, CalibrationRecipe recipe)
    {
        long tokens = (long)recipe.Samples * recipe.SequenceLength;
        PlannedLayer? widest = plan.Layers.Where(planned => planned.Prune is { Method: "sparsegpt" } || planned.Quantize is { Method: "gptq" })
            .MaxBy(planned => planned.Layer.Inputs);
        if (widest is not null && tokens < 2L * widest.Layer.Inputs)
        {
            yield return new CompressionWarning(
                "GATE4055", $"calibration has {tokens} tokens, fewer than twice the {widest.Layer.Inputs} inputs of {widest.Layer.Name}: "
                    + "its Hessian is close to singular and damping decides more than the data");
        }
    }
}
