using System.Collections.Immutable;
using System.Reflection;
using Gate.Compression.Export;
using Gate.Compression.Export.Formats;
using Gate.Compression.Planning;
using Gate.Compression.Recipes;
using Gate.Models.Architectures;
using Gate.Models.Checkpoints;
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
    public static CompressionPlan Plan(Checkpoint dense, Recipe recipe, Budget? budget, CandidateLayout layout = CandidateLayout.Dense)
    {
        CompressionPlan plan = Planner.Plan(LinearLayers.Of(dense), dense.Tensors, recipe, budget) with { Layout = layout };
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
    /// <exception cref="Diagnostics.GateException">Exit 2: the folder is occupied. Exit 4: weights that are not finite, or a folder that cannot be
    /// written.</exception>
    public static CompressionOutcome Compress(
        Checkpoint dense, CompressionPlan plan, string outputFolder, ComputeThreads threads,
        IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        FiniteCheck.Require(dense, cancellationToken);
        using CandidateFolder folder = CandidateFolder.Prepare(outputFolder, dense.Folder);
        CandidateTensors tensors;
        using (PartSpill spill = new(folder.Temporary))
        {
            tensors = new CandidateTensors(dense, plan, spill, threads, progress, cancellationToken);
            CheckpointWriter.WriteTensors(folder.Temporary, tensors.Describe(), cancellationToken: cancellationToken);
        }

        CandidateConfiguration.Write(folder, dense, plan);
        foreach (string name in CompanionFiles.Of(dense.Folder))
            folder.CopyFrom(dense.Folder, name);

        string candidateHash = CandidateVerification.Verify(folder.Temporary, tensors.Written, tensors.Presented, cancellationToken);
        CompressionOutcome outcome = OutcomeOf(dense, plan, [.. tensors.Compressed], folder.Temporary, candidateHash, cancellationToken);
        folder.Write(SidecarFile.Name, SidecarFile.Serialize(new Sidecar
        {
            Format = Sidecar.FormatName,
            Version = Sidecar.CurrentVersion,
            Tool = typeof(Compressor).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown",
            Recipe = plan.Recipe,
            Files = [.. Directory.EnumerateFiles(folder.Temporary).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)],
            Outcome = outcome,
        }));
        folder.Publish();
        return outcome;
    }

    /// <summary>The sidecar of a candidate Gate wrote, or null when the folder has none (made elsewhere).</summary>
    /// <exception cref="Diagnostics.GateException">Exit 4: the sidecar is malformed or its hash does not match the weights.</exception>
    public static CompressionOutcome? ReadSidecar(Checkpoint candidate) => SidecarFile.ReadVerified(candidate);

    private static CompressionOutcome OutcomeOf(
        Checkpoint dense, CompressionPlan plan, ImmutableArray<CompressedLayer> layers, string folder, string candidateHash, CancellationToken cancellationToken)
    {
        PlanSize size = PlanSize.Of(plan.Layers, dense.Tensors);

        // A packed candidate is as large as its files; a dense one is counted as it would be packed.
        long packedBytes = plan.Layout == CandidateLayout.Dense
            ? size.FileBytes
            : Directory.EnumerateFiles(folder, "*.safetensors").Sum(path => new FileInfo(path).Length);
        RealizedRate rate = RealizedRate.Of(layers);
        return new CompressionOutcome
        {
            RecipeText = plan.Description,
            Layers = layers,
            TheoreticalCompressionRate = rate.CompressionRate,
            Sparsity = rate.Sparsity,
            Bits = rate.Bits,
            BitsPerWeight = (double)size.BitsPerWeight,
            PackedBytes = packedBytes,
            DenseBytes16 = PackedForm.DenseBytes16(dense.Tensors),
            DenseWeightsHash = dense.ComputeWeightsHash(cancellationToken),
            CandidateWeightsHash = candidateHash,
        };
    }
}
