using Gate.Compression.Recipes;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Core.Planning;
using Gate.Numerics.Threading;
using Gate.Results;
using Gate.Tests;

[assembly: AssemblyFixture(typeof(Gate.Core.Tests.Planning.MeasuredModel))]

namespace Gate.Core.Tests.Planning;

/// <summary>The sample model, measured and planned once for all tests that ask: 3.5 bits per weight, 256 tokens, no calibration data.</summary>
public sealed class MeasuredModel : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-measured-").FullName;
    private readonly Lazy<Outcome> _outcome;

    public MeasuredModel() => _outcome = new Lazy<Outcome>(Measure);

    /// <summary>The options of the plan.</summary>
    public static PlanningOptions Short { get; } = new(Tokens: 256);

    /// <summary>The plan.</summary>
    public PlannedRecipe Planned => _outcome.Value.Planned;

    /// <summary>What was noted while it was made.</summary>
    public IReadOnlyList<RunNote> Notes => _outcome.Value.Notes;

    /// <summary>Whether the dense model was in memory when it was made.</summary>
    public bool WasDenseLoaded => _outcome.Value.WasDenseLoaded;

    /// <summary>The text of the measurement that was saved.</summary>
    public string Measurement => File.ReadAllText(_outcome.Value.File);

    /// <summary>The sample model.</summary>
    public static JudgedModel Open(RunContext context) =>
        JudgedModel.Open(context, new NamedPath("facts-llama", Repository.PathOf("samples", "models", "facts-llama")));

    /// <summary>Copies the cache that the measurement left.</summary>
    public void CopyCache(string target)
    {
        string root = Path.GetDirectoryName(_outcome.Value.File)!;
        string copy = Path.Combine(target, Path.GetRelativePath(_folder, root));
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.EnumerateFiles(root))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Outcome Measure()
    {
        RunContext context = new(_folder, _folder, new ComputeThreads(2), TimeProvider.System, null, null, CancellationToken.None);
        using JudgedModel dense = Open(context);
        PlannedRecipe planned = RecipePlanning.Plan(new Budget(null, 3.5, null), Short, context, dense);
        return new Outcome(
            planned, [.. context.Notes], dense.IsLoaded, Assert.Single(Directory.GetFiles(_folder, "measurement.json", SearchOption.AllDirectories)));
    }

    private sealed record Outcome(PlannedRecipe Planned, IReadOnlyList<RunNote> Notes, bool WasDenseLoaded, string File);
}
