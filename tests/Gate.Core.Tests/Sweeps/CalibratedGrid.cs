using System.Collections.Immutable;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Core.Sweeps;
using Gate.Numerics.Threading;
using Gate.Tests;

[assembly: AssemblyFixture(typeof(Gate.Core.Tests.Sweeps.CalibratedGrid))]

namespace Gate.Core.Tests.Sweeps;

/// <summary>A grid of calibrated methods beside plain ones on the sample model, swept once for all tests that ask.</summary>
public sealed class CalibratedGrid : IDisposable
{
    /// <summary>Suite and grid.</summary>
    public const string Settings = """
        "suite": { "tasks": ["lama"], "limit": 60 },
        "sweep": {
          "prune": ["magnitude", "sparsegpt"], "quantize": ["rtn", "gptq"], "sparsities": ["0", "0.5"], "bits": ["3", "16"], "scopes": ["all"],
          "tokens": 512, "items": 10, "retention": 0.3
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("gate-calibrated-grid-").FullName;
    private readonly Lazy<SweepOutcome> _outcome;

    public CalibratedGrid() => _outcome = new Lazy<SweepOutcome>(() => Sweep(_folder, null, CancellationToken.None));

    /// <summary>The sweep that nothing interrupted.</summary>
    public SweepOutcome Outcome => _outcome.Value;

    /// <summary>Sweeps the grid in a folder that may hold the cache of an earlier sweep.</summary>
    public static SweepOutcome Sweep(string folder, IProgress<RunEvent>? progress, CancellationToken cancellationToken) =>
        GateSweep.Run(Read(folder, "\"recipe\": { CALIBRATION }," + Settings), Context(folder, progress, cancellationToken));

    /// <summary>Writes and reads a configuration; CALIBRATION stands for 16 windows of the suite's calibration text, or of other data.</summary>
    public static GateConfiguration Read(string folder, string rest, string? data = null)
    {
        string place = Directory.CreateDirectory(folder).FullName, file = Path.Combine(place, "gate.json");
        data ??= Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", "calibration.jsonl");
        string calibration = $"\"calibration\": {{ \"data\": \"{data}\", \"samples\": 16, \"sequenceLength\": 128 }}";
        File.WriteAllText(
            file, $"{{ \"model\": \"{Repository.PathOf("samples", "models", "facts-llama")}\", {rest.Replace("CALIBRATION", calibration, StringComparison.Ordinal)} }}".Replace('\\', '/'));
        return ConfigurationReader.Read(file, new ConfigurationSources(place, ImmutableDictionary<string, string>.Empty, []));
    }

    /// <summary>A run in a folder, with its cache in it.</summary>
    public static RunContext Context(string folder, IProgress<RunEvent>? progress, CancellationToken cancellationToken) =>
        new(folder, Path.Combine(folder, "cache"), new ComputeThreads(2), TimeProvider.System, null, progress, cancellationToken);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
