using System.Collections.Immutable;
using Gate.Core.Caching;
using Gate.Diagnostics;
using Gate.Models.Engines;
using Gate.Models.Engines.Managed;
using Gate.Models.Inference;
using Gate.Numerics.Threading;
using Gate.Results;

namespace Gate.Core.Pipeline;

/// <summary>What a run needs from the outside.</summary>
public sealed class RunContext
{
    private readonly List<PhaseTime> _phases = [];
    private readonly List<RunNote> _notes = [];
    private bool _isDistrustTold;

    /// <param name="workingFolder">Absolute; messages show paths relative to it.</param>
    /// <param name="cacheFolder">Where finished work is kept, or null to keep nothing.</param>
    /// <param name="threads">Threads of the kernels; changes the time and not one bit of a result.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="sourceDateEpoch">Seconds since 1970 that stand for the time of the run, or null for the clock's.</param>
    /// <param name="progress">Told what happens, or null.</param>
    /// <param name="cancellationToken">Ends the run between batches.</param>
    /// <param name="seal">What of the cache is believed; null: <see cref="CacheSeal.Unkeyed"/>.</param>
    public RunContext(
        string workingFolder, string? cacheFolder, ComputeThreads threads, TimeProvider clock, long? sourceDateEpoch,
        IProgress<RunEvent>? progress, CancellationToken cancellationToken, CacheSeal? seal = null)
    {
        (WorkingFolder, Threads, Clock, SourceDateEpoch, Progress, CancellationToken) =
            (workingFolder, threads, clock, sourceDateEpoch, progress, cancellationToken);
        Seal = seal ?? CacheSeal.Unkeyed;
        Cache = cacheFolder is null ? null : Usable(new CacheStore(cacheFolder, Seal, CacheDistrusted));
        Items = new ItemResultCache(Cache);
        Identities = new IdentityCache(Cache, clock);
        Candidates = new CandidateCache(Cache);
        Start = sourceDateEpoch is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : clock.GetUtcNow();
    }

    /// <summary>Absolute; messages show paths relative to it.</summary>
    public string WorkingFolder { get; }

    /// <summary>Threads of the kernels.</summary>
    public ComputeThreads Threads { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; }

    /// <summary>The time that stands for the run's, or null.</summary>
    public long? SourceDateEpoch { get; }

    /// <summary>When the run began.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>Told what happens.</summary>
    public IProgress<RunEvent>? Progress { get; }

    /// <summary>Ends the run between batches.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>The cache, or null when nothing is kept.</summary>
    public CacheStore? Cache { get; }

    /// <summary>What is believed of what earlier runs left.</summary>
    public CacheSeal Seal { get; }

    /// <summary>Whether no question may be asked: every answer must be kept already, as after the parts of a run were merged.</summary>
    public bool OnlyKeptAnswers { get; set; }

    /// <summary>Kept item results.</summary>
    public ItemResultCache Items { get; }

    /// <summary>Kept model identities.</summary>
    public IdentityCache Identities { get; }

    /// <summary>Kept candidates.</summary>
    public CandidateCache Candidates { get; }

    /// <summary>How models are loaded.</summary>
    public InferenceOptions Inference => InferenceOptions.Default with { Threads = Threads, Engine = Engine, BatchTokens = Engine.BatchTokens };

    /// <summary>Where both models are judged and calibrated.</summary>
    public EngineFactory Engine { get; init; } = ManagedEngineFactory.Instance;

    /// <summary>Warnings and notes so far.</summary>
    public ImmutableArray<RunNote> Notes => [.. _notes];

    /// <summary>Times of the finished phases; empty when the time of the run is given, so that equal inputs give equal bytes.</summary>
    public ImmutableArray<PhaseTime> Phases => SourceDateEpoch is null ? [.. _phases] : [];

    /// <summary>Runs one phase, telling its beginning and end.</summary>
    /// <param name="name">Short name.</param>
    /// <param name="text">What is about to happen.</param>
    /// <param name="work">The work; returns its result and what to say about it.</param>
    public T Phase<T>(string name, string text, Func<(T Result, string Text)> work)
    {
        CancellationToken.ThrowIfCancellationRequested();
        Progress?.Report(new PhaseStarted(name, text));
        long start = Clock.GetTimestamp();
        (T result, string finished) = work();
        TimeSpan elapsed = Clock.GetElapsedTime(start);
        _phases.Add(new PhaseTime(name, Math.Round(elapsed.TotalSeconds, 3)));
        Progress?.Report(new PhaseFinished(name, finished, elapsed));
        return result;
    }

    /// <summary>Records a warning or note; the same one is told once.</summary>
    public void Note(string code, Severity severity, string message, string? remedy = null)
    {
        var note = new RunNote(code, severity == Severity.Warning ? "warning" : "note", message);
        if (_notes.Contains(note))
            return;
        _notes.Add(note);
        Progress?.Report(new RunNoted(new Diagnostic(code, severity, message, null, remedy)));
    }

    /// <summary>Tells a detail.</summary>
    public void Detail(string text) => Progress?.Report(new RunDetail(text));

    /// <summary>Tells that the cache cannot be written. Not part of the results: the same answers give the same bytes with any cache or none.</summary>
    public void CacheFailed(string reason) => Progress?.Report(new RunNoted(new Diagnostic(
        "GATE3105", Severity.Warning, "the cache folder cannot be written: nothing more of this run is kept for the next one", null,
        $"free disk space, set GATE_CACHE_DIR or --cache-dir to a writable folder, or pass --no-cache ({reason})")));

    // As for a cache that cannot be written; told once, whatever the number of files.
    private void CacheDistrusted(string reason)
    {
        if (Interlocked.Exchange(ref _isDistrustTold, true))
            return;
        Progress?.Report(new RunNoted(new Diagnostic(
            "GATE3109", Severity.Warning, $"the cache, or part of it, is not used, because others may have written it: {reason}", null,
            $"take the permission away (chmod -R go-w FOLDER), name a folder of your own with GATE_CACHE_DIR or --cache-dir, or share one under a key ({CacheSeal.Variable})")));
    }

    // A cache that cannot be written, or believed, is a slower run, not a failed one.
    private CacheStore? Usable(CacheStore store)
    {
        try
        {
            OwnFiles.CreateFolder(store.Folder);
            if (Seal.Distrust(store.Folder) is { } reason)
            {
                CacheDistrusted(reason);
                return null;
            }

            string probe = Path.Combine(store.Folder, $".probe-{UniqueName.Next()}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return store;
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            CacheFailed(exception.Message);
            return null;
        }
    }
}
