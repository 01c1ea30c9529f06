using System.Collections.Immutable;
using System.Reflection;
using Gate.Compression.Export;
using Gate.Compression.Planning;
using Gate.Compression.Recipes;
using Gate.Models.Architectures;
using Gate.Models.Checkpoints;
using Gate.Numerics.Threading;

namespace Gate.Compression;

/// <summary>Compresses a checkpoint by a recipe.</summary>
public static class Compressor
{
    private const string ConfigurationFile = "config.json";

    /// <summary>
    /// What the recipe would give, from shapes alone: checks method names, patterns against the checkpoint's layers, N:M and group divisibility, and
    /// the budget. Does no work on weights.
    /// </summary>
    /// <exception cref="Diagnostics.GateException">Exit 2: a pattern matches nothing, a shape does not divide, or the budget is missed.</exception>
    public static CompressionPlan Plan(Checkpoint dense, Recipe recipe, Budget? budget) =>
        Planner.Plan(LinearLayers.Of(dense), dense.Tensors, recipe, budget);

    /// <summary>The plan of a recipe with every other linear layer of the blocks in it as it is, at 16 bit: sizes of different scopes become comparable.</summary>
    /// <exception cref="Diagnostics.GateException">Exit 2: as <see cref="Plan"/>.</exception>
    public static CompressionPlan PlanOverAllLayers(Checkpoint dense, Recipe recipe) => Planner.PlanOverAllLayers(LinearLayers.Of(dense), dense.Tensors, recipe);

    /// <summary>Compresses layer by layer and writes the candidate to <paramref name="outputFolder"/> as a Hugging Face folder (linear weights
    /// dequantised to 16 bit, everything else carried over byte for byte) with its sidecar <c>gate-compression.json</c>; reopens and verifies it.</summary>
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
        CandidateTensors tensors = new(dense, plan, threads, progress, cancellationToken);
        CheckpointWriter.WriteTensors(folder.Temporary, tensors.Describe(), cancellationToken: cancellationToken);
        folder.CopyFrom(dense.Folder, ConfigurationFile);
        foreach (string name in CompanionFiles.Of(dense.Folder))
            folder.CopyFrom(dense.Folder, name);

        string candidateHash = CandidateVerification.Verify(folder.Temporary, tensors.Written, cancellationToken);
        CompressionOutcome outcome = OutcomeOf(dense, plan, [.. tensors.Compressed], candidateHash, cancellationToken);
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
        Checkpoint dense, CompressionPlan plan, ImmutableArray<CompressedLayer> layers, string candidateHash, CancellationToken cancellationToken)
    {
        PlanSize size = PlanSize.Of(plan.Layers, dense.Tensors);
        RealizedRate rate = RealizedRate.Of(layers);
        return new CompressionOutcome
        {
            RecipeText = plan.Description,
            Layers = layers,
            TheoreticalCompressionRate = rate.CompressionRate,
            Sparsity = rate.Sparsity,
            Bits = rate.Bits,
            BitsPerWeight = (double)size.BitsPerWeight,
            PackedBytes = size.FileBytes,
            DenseBytes16 = PackedForm.DenseBytes16(dense.Tensors),
            DenseWeightsHash = dense.ComputeWeightsHash(cancellationToken),
            CandidateWeightsHash = candidateHash,
        };
    }
}
