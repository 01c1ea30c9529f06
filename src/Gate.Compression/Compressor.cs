using System.Collections.Immutable;
using System.Reflection;
using Gate.Compression.Calibration;
using Gate.Compression.Export;
using Gate.Compression.Export.Formats;
using Gate.Compression.Export.Forms;
using Gate.Compression.Planning;
using Gate.Compression.Pruning;
using Gate.Compression.Recipes;
using Gate.Compression.Removal;
using Gate.Compression.Resumption;
using Gate.Models;
using Gate.Models.Calibration;
using Gate.Models.Checkpoints;
using Gate.Models.Structure;
using Gate.Numerics.Threading;

namespace Gate.Compression;

/// <summary>Compresses a checkpoint by a recipe.</summary>
public static class Compressor
{
    /// <summary>
    /// What the recipe would give, from shapes alone: checks method names, patterns against the checkpoint's layers, N:M and group divisibility, and
    /// the budget. Does no work on weights.
    /// </summary>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="budget">What the candidate may take, or null.</param>
    /// <param name="layout">In which format the candidate will be written.</param>
    /// <exception cref="Diagnostics.GateException">Exit 2: a pattern matches nothing, a shape does not divide, the budget is missed, or the format cannot
    /// hold what the recipe computes.</exception>
    public static CompressionPlan Plan(Model dense, Recipe recipe, Budget? budget, CandidateLayout layout = CandidateLayout.Dense)
    {
        RecipeValidation.EnsureValid(recipe);
        return recipe.Remove is { } remove ? PlanOfLeft(dense, dense.Without(RemovalChoice.OfShapes(remove, dense)), recipe, budget, layout) : PlanOfLeft(dense, dense, recipe, budget, layout);
    }

    /// <summary>The plan of a recipe with every other linear layer of the blocks in it as it is, at 16 bit: sizes of different scopes become comparable.</summary>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="recipe">What to do.</param>
    /// <param name="layout">Format of the candidate; sizes are what it takes in that format.</param>
    /// <exception cref="Diagnostics.GateException">Exit 2: as <see cref="Plan"/>, or a format that cannot hold the plan (GATE4060, GATE4061).</exception>
    public static CompressionPlan PlanOverAllLayers(Model dense, Recipe recipe, CandidateLayout layout = CandidateLayout.Dense)
    {
        CompressionPlan plan = Planner.PlanOverAllLayers(dense, ICandidateSize.In(layout, dense), recipe) with { Layout = layout };
        LayerFormat.Check(plan, dense);
        return plan;
    }

    /// <summary>Compresses layer by layer and writes the candidate to <paramref name="outputFolder"/> as a Hugging Face folder (linear weights
    /// in the format of the plan: 16 bit, or packed; everything else carried over byte for byte) with its sidecar <c>gate-compression.json</c>; reopens and verifies it.</summary>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="plan">A plan for this checkpoint.</param>
    /// <param name="outputFolder">Made if missing; a candidate of an earlier run in it is replaced, anything else is refused.</param>
    /// <param name="threads">Threads of the kernels.</param>
    /// <param name="progress">Told the name of each finished layer.</param>
    /// <param name="cancellationToken">Checked between layers.</param>
    /// <exception cref="Diagnostics.GateException">Exit 2: the folder is occupied, or calibration windows longer than the model's context. Exit 4: weights
    /// that are not finite, calibration data that cannot be used, or a folder that cannot be written.</exception>
    public static CompressionOutcome Compress(
        Model dense, CompressionPlan plan, string outputFolder, ComputeThreads threads,
        IProgress<string>? progress = null, CancellationToken cancellationToken = default) =>
        Compress(dense, plan, outputFolder, new CompressionOptions(threads) { Progress = progress }, cancellationToken);

    /// <summary>The same with bounds on memory, going on where an interrupted compression stopped.</summary>
    /// <param name="dense">The dense checkpoint.</param>
    /// <param name="plan">A plan for this checkpoint.</param>
    /// <param name="outputFolder">Made if missing.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Checked between layers.</param>
    public static CompressionOutcome Compress(
        Model dense, CompressionPlan plan, string outputFolder, CompressionOptions options, CancellationToken cancellationToken = default)
    {
        int[][]? windows = plan.Recipe.Calibration is { } calibration ? CalibrationWindows.Of(dense, calibration) : null;
        FiniteCheck.Require(dense.Checkpoint, cancellationToken);
        using CandidateFolder folder = CandidateFolder.Prepare(outputFolder, dense.Checkpoint.Folder);
        ActivationOptions activations = new(options.Threads, options.BatchTokens, options.ActivationBytes) { Engine = options.Engine };
        if (plan.Recipe.Remove is not { } remove)
            return Compress(dense, dense, null, plan, folder, windows, activations, options, cancellationToken);
        RemovedParts removed = RemovalChoice.Of(remove, dense, windows!, activations, cancellationToken);
        Model left = dense.Without(removed);
        return Compress(dense, left, removed, PlanOfLeft(dense, left, plan.Recipe, null, plan.Layout), folder, windows, activations, options, cancellationToken);
    }

    /// <summary>The sidecar of a candidate Gate wrote, or null when the folder has none (made elsewhere).</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: the sidecar is malformed or its hash does not match the weights.</exception>
    public static CompressionOutcome? ReadSidecar(Checkpoint candidate) => SidecarFile.ReadVerified(candidate);

    /// <summary>The refusal of a sidecar that the models contradict.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="what">What was expected and found.</param>
    public static Diagnostics.GateException Disagrees(Checkpoint candidate, string what) => SidecarFile.Disagrees(Path.Combine(candidate.Folder, SidecarFile.Name), what);

    // What was removed as a whole is gone before the plan begins.
    private static CompressionPlan PlanOfLeft(Model whole, Model dense, Recipe recipe, Budget? budget, CandidateLayout layout)
    {
        CompressionPlan plan = Planner.Plan(dense, ICandidateSize.In(layout, dense), recipe, budget, WeightsWithout(whole, dense)) with { Layout = layout };
        LayerFormat.Check(plan, dense);
        return plan;
    }

    private static long WeightsWithout(Model whole, Model dense) =>
        whole.LinearLayers.Sum(layer => layer.WeightCount) - dense.LinearLayers.Sum(layer => layer.WeightCount);

    private static CompressionOutcome Compress(
        Model whole, Model dense, RemovedParts? removed, CompressionPlan plan, CandidateFolder folder, int[][]? windows, ActivationOptions activations, CompressionOptions options,
        CancellationToken cancellationToken)
    {
        CandidateFormat.RequireRange(dense, plan, cancellationToken);

        // What an interrupted compression of another plan left goes, whatever this one does.
        bool keeps = plan.Layers.Any(LayerCompression.IsSearched) || Directory.Exists(folder.Resumption);
        using FinishedLayers? finished = windows is not null || (keeps && options.ResumptionKey is not null)
            ? new FinishedLayers(options.ResumptionKey is null ? folder.Temporary : folder.Resumption, options.ResumptionKey)
            : null;
        if (finished is not null)
        {
            options.Resumed?.Invoke(finished.Recovered);
            foreach (PlannedLayer planned in plan.Layers.Where(planned => finished.Has(planned.Layer)))
                options.Progress?.Report(planned.Layer.Name);
        }

        if (windows is not null)
            plan = OutlierPlan.Of(dense, plan, windows, activations, finished!, cancellationToken);
        var form = CandidateForm.Of(plan, dense);
        ISharedMask? shared = ISharedMask.Of(dense, plan, options.Threads, cancellationToken);
        if (windows is not null)
            new CalibratedCompression(dense, plan, form, shared, activations, options.Progress, cancellationToken).Run(windows, finished!);

        CandidateTensors tensors;
        using (PartSpill spill = new(folder.Temporary))
        {
            tensors = new CandidateTensors(dense, plan, form, shared, finished, spill, options.Threads, options.Progress, cancellationToken);
            form.Write(folder.Temporary, tensors.Describe(), tensors.AddWritten, cancellationToken);
        }

        if (form.HasConfiguration)
            CandidateConfiguration.Write(folder, dense, plan);
        foreach (string name in CompanionFiles.Of(dense.Checkpoint.Folder))
            folder.CopyFrom(dense.Checkpoint.Folder, name);

        string candidateHash = CandidateVerification.Verify(folder.Temporary, dense, form, tensors.Written, tensors.Presented, cancellationToken);
        CompressionOutcome outcome = OutcomeOf(whole, dense, removed, plan, form, [.. tensors.Compressed], folder.Temporary, candidateHash, cancellationToken);
        folder.Write(SidecarFile.Name, SidecarFile.Serialize(new Sidecar
        {
            Format = Sidecar.FormatName,
            Version = Sidecar.CurrentVersion,
            Tool = typeof(Compressor).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown",
            Recipe = Portable(plan.Recipe),
            Files = [.. CandidateFolder.FilesOf(folder.Temporary)],
            Outcome = outcome,
        }));
        folder.Publish();
        finished?.Complete();
        return outcome;
    }

    // The same candidate on every machine: where the calibration data lay is no part of it.
    private static Recipe Portable(Recipe recipe) =>
        recipe.Calibration is { } calibration ? recipe with { Calibration = calibration with { Data = Path.GetFileName(calibration.Data) } } : recipe;

    private static CompressionOutcome OutcomeOf(
        Model whole, Model dense, RemovedParts? removed, CompressionPlan plan, CandidateForm form, ImmutableArray<CompressedLayer> layers, string folder, string candidateHash, CancellationToken cancellationToken)
    {
        long gone = WeightsWithout(whole, dense);
        PlanSize size = PlanSize.Of(plan.Layers, ICandidateSize.In(plan.Layout, dense), dense, gone);

        // A packed candidate is as large as its files; a dense one is counted as it would be packed.
        long packedBytes = plan.Layout == CandidateLayout.Dense
            ? size.FileBytes
            : Directory.EnumerateFiles(folder, form.FilePattern).Sum(path => new FileInfo(path).Length);
        RealizedRate rate = RealizedRate.Of(layers, gone);
        return new CompressionOutcome
        {
            RecipeText = plan.Description,
            Layers = layers,
            TheoreticalCompressionRate = rate.CompressionRate,
            Sparsity = rate.Sparsity,
            Bits = rate.Bits,
            BitsPerWeight = (double)size.BitsPerWeight,
            PackedBytes = packedBytes,
            DenseBytes16 = PackedForm.DenseBytes16(whole.Checkpoint.Tensors),
            DenseWeightsHash = whole.Checkpoint.ComputeWeightsHash(cancellationToken),
            CandidateWeightsHash = candidateHash,
            RemovedWeights = gone,
            RemovedBlocks = removed?.Blocks ?? [],
            RemovedExperts = removed?.Experts ?? ImmutableSortedDictionary<int, ImmutableArray<int>>.Empty,
            Warnings = plan.Recipe.Calibration is { } calibration ? [.. CalibrationWindows.Warnings(plan, calibration)] : [],
        };
    }
}
