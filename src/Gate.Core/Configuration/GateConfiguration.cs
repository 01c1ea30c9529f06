using System.Collections.Immutable;
using Gate.Compression;
using Gate.Compression.Recipes;
using Gate.Core.Planning;
using Gate.Core.Sweeps;
using Gate.Core.Verdicts;
using Gate.Evaluation.Chat;
using Gate.Models.Engines.Plugins;

namespace Gate.Core.Configuration;

/// <summary>A checked configuration. Paths are absolute; what the user wrote is kept beside them for reports.</summary>
public sealed record GateConfiguration
{
    /// <summary>The file it was read from, as shown to people; null when there was none.</summary>
    public string? File { get; init; }

    /// <summary>Where it sets what.</summary>
    public ConfigurationPlaces Places { get; init; } = ConfigurationPlaces.None;

    /// <summary>The dense model; null when only a candidate or no model is configured.</summary>
    public NamedPath? Model { get; init; }

    /// <summary>Most bytes of memory the run may take, or null.</summary>
    public long? Memory { get; init; }

    /// <summary>Where both models are judged and calibrated.</summary>
    public EngineSelection Engine { get; init; } = EngineSelection.Managed;

    /// <summary>How small the candidate must get, or null.</summary>
    public Budget? Budget { get; init; }

    /// <summary>How the candidate is made, or null.</summary>
    public Recipe? Recipe { get; init; }

    /// <summary>Calibration data for recipes that a sweep or a plan makes, or null; the same that <see cref="Recipe"/> has.</summary>
    public CalibrationRecipe? Calibration { get; init; }

    /// <summary>How a recipe is planned when there is a budget and no recipe.</summary>
    public PlanningOptions Planning { get; init; } = new();

    /// <summary>What a sweep tries.</summary>
    public SweepOptions? Sweep { get; init; }

    /// <summary>Where the candidate goes.</summary>
    public required NamedPath Output { get; init; }

    /// <summary>In which format the candidate is written.</summary>
    public CandidateLayout Layout { get; init; }

    /// <summary>What is asked.</summary>
    public required SuiteOptions Suite { get; init; }

    /// <summary>What must hold, in configuration order.</summary>
    public required ImmutableArray<Threshold> Thresholds { get; init; }

    /// <summary>How it is decided.</summary>
    public required DecisionOptions Decision { get; init; }

    /// <summary>Whether the candidate is asked no longer than until the verdict is shown.</summary>
    public bool EarlyStop { get; init; }

    /// <summary>Whether a suite that can hardly decide a threshold is refused before the work.</summary>
    public bool RequirePower { get; init; }

    /// <summary>The last accepted candidate.</summary>
    public required BaselineOptions Baseline { get; init; }

    /// <summary>Where the reports go.</summary>
    public required ReportPaths Reports { get; init; }
}

/// <summary>A path as the user wrote it and as an absolute one.</summary>
/// <param name="Written">For messages and reports.</param>
/// <param name="Full">For the file system.</param>
public sealed record NamedPath(string Written, string Full)
{
    /// <summary>A path that says nothing about the machine: as written when relative, else its last part; <c>/</c> separators.</summary>
    public string Portable => (System.IO.Path.IsPathRooted(Written) ? System.IO.Path.GetFileName(Full) : Written).Replace('\\', '/');
}

/// <summary>What is asked.</summary>
/// <param name="Tasks">Built-in names or paths of task files, in suite order.</param>
/// <param name="BaseFolder">Absolute folder that relative task files start from.</param>
/// <param name="Limit">Most items per task, or null for all.</param>
/// <param name="Seed">Seed of the item sample and of resampling.</param>
/// <param name="Weights">Weights in Sr by task name; 1 where absent.</param>
/// <param name="AllowOutsideData">Whether task files may name files outside their own folder and <paramref name="BaseFolder"/>.</param>
public sealed record SuiteOptions(
    ImmutableArray<string> Tasks, string BaseFolder, int? Limit, long Seed, ImmutableSortedDictionary<string, double> Weights, bool AllowOutsideData = false)
{
    /// <summary>Whether and how questions are put as a conversation.</summary>
    public ChatOptions Chat { get; init; } = ChatOptions.Off;

    /// <summary>Absolute folder of published data sets, or null when none is named.</summary>
    public string? DataFolder { get; init; }
}

/// <summary>Absolute paths of the reports.</summary>
/// <param name="Json"><c>results.json</c>.</param>
/// <param name="Items"><c>items.jsonl</c>.</param>
/// <param name="JUnit">JUnit XML.</param>
/// <param name="Markdown">Full Markdown.</param>
/// <param name="Html">One self-contained page.</param>
/// <param name="Summary">Short Markdown.</param>
/// <param name="Sarif">SARIF for code scanning, or null: written only on request.</param>
public sealed record ReportPaths(string Json, string Items, string JUnit, string Markdown, string Html, string Summary, string? Sarif = null)
{
    /// <summary>The same file names in another folder.</summary>
    public ReportPaths In(string folder) => new(Move(Json, folder), Move(Items, folder), Move(JUnit, folder), Move(Markdown, folder), Move(Html, folder), Move(Summary, folder),
        Sarif is null ? null : Move(Sarif, folder));

    /// <summary>All of them, in the order they are listed to people.</summary>
    public ImmutableArray<string> All => Sarif is null ? [Json, Items, JUnit, Markdown, Html, Summary] : [Json, Items, JUnit, Markdown, Html, Summary, Sarif];

    /// <summary>The reports that later steps of a build ask for, under the names of the action's outputs.</summary>
    public ImmutableArray<(string Kind, string Path)> Kinds =>
    [
        ("report-json", Json), ("junit", JUnit), ("markdown", Markdown), ("html", Html), ("summary", Summary), .. Sarif is null ? [] : new[] { ("sarif", Sarif) },
    ];

    private static string Move(string path, string folder) => System.IO.Path.Combine(folder, System.IO.Path.GetFileName(path));
}
