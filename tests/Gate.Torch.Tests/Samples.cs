using System.Collections.Immutable;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Models.Engines;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Torch.Tests;

/// <summary>The committed samples, judged by an engine.</summary>
internal static class Samples
{
    /// <summary>What a run of a sample says: the outcome, and every rule with its state.</summary>
    /// <param name="name">Folder of the sample.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="scratch">An empty folder for what the run writes.</param>
    /// <param name="limit">Most items of a task, or null for all.</param>
    public static GateRunOutcome Judge(string name, EngineFactory engine, string scratch, int? limit)
    {
        Dictionary<string, string> options = new(StringComparer.Ordinal)
        {
            ["output.path"] = Path.Combine(scratch, "candidate"),
            ["decision.requirePower"] = limit is null ? "true" : "false",
        };
        if (limit is { } items)
            options["suite.limit"] = $"{items}";
        ConfigurationSources sources = new(Repository.Root, ImmutableDictionary<string, string>.Empty, [.. options]);
        GateConfiguration configuration = ConfigurationReader.Read(Repository.PathOf("samples", name, "gate.json"), sources);
        RunContext context = new(Repository.Root, null, new ComputeThreads(2), TimeProvider.System, 0, null, TestContext.Current.CancellationToken) { Engine = engine };
        return GateRun.Run(configuration, context);
    }
}
