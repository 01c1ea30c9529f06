using System.Text.Json;
using System.Text.Json.Serialization;
using Gate.Compression;
using Gate.Core.Caching;
using Gate.Core.Pipeline;
using Gate.Models;
using Gate.Models.Inference;

namespace Gate.Core.Planning;

/// <summary>
/// Makes candidates in a folder of its own that goes away with it, and measures them against the dense model. What was measured before is taken from
/// the cache.
/// </summary>
public sealed class PlanTrials : IDisposable
{
    private const string Probed = "gate probe 1";

    private readonly RunContext _context;
    private readonly JudgedModel _dense;
    private readonly HeldOutText _text;
    private readonly bool _logitsInFile;

    // Of the limit, beside the logits that stay in memory from trial to trial.
    private readonly long? _left;
    private readonly ScratchFolder _scratch = new("gate-plan");
    private readonly Journal? _journal;
    private readonly Dictionary<string, Divergence> _known = new(StringComparer.Ordinal);
    private DenseLogits? _logits;

    /// <param name="context">The run.</param>
    /// <param name="dense">The dense model.</param>
    /// <param name="text">The text.</param>
    /// <param name="memory">What the trials take in memory.</param>
    /// <param name="limit">Most bytes of memory, or null.</param>
    public PlanTrials(RunContext context, JudgedModel dense, HeldOutText text, PlanningMemory memory, long? limit)
    {
        (_context, _dense, _text) = (context, dense, text);
        _logitsInFile = memory.AreLogitsInFile(limit);
        _left = limit - (_logitsInFile ? 0 : memory.LogitsBytes);
        if (context.Cache is not { } cache)
            return;
        _journal = cache.Open("trials", text.Hash[..32]);
        foreach (string line in _journal.Read().Lines)
        {
            try
            {
                if (JsonSerializer.Deserialize(line, TrialJson.Default.KeptTrial) is { } kept)
                    _known[kept.Key] = kept.Divergence;
            }
            catch (JsonException)
            {
                // A damaged line is a trial that has to be made again.
            }
        }
    }

    /// <summary>Divergence of the candidate that a plan gives.</summary>
    /// <param name="plan">The plan.</param>
    public Divergence Measure(CompressionPlan plan)
    {
        string key = KeyOf(plan);
        if (_known.TryGetValue(key, out Divergence? known))
            return known;
        string folder = Path.Combine(_scratch.Path, "candidate");
        Ask();
        (long activations, int batch) = MemoryForecast.Compressing(_dense, plan, _left).Within(_left);
        CompressionOptions options = new(_context.Threads) { Engine = _context.Engine, ActivationBytes = activations, BatchTokens = batch };
        Compressor.Compress(_dense.Model, plan, folder, options, _context.CancellationToken);
        using (Model candidate = Model.Open(folder))
            Keep(key, Measure(candidate));
        return _known[key];
    }

    /// <summary>What is known of the dense model with nothing but some units changed, or null.</summary>
    internal Divergence? FindProbe(CompressionPlan plan) => _known.GetValueOrDefault(KeyOf(plan, Probed));

    /// <summary>Keeps what was found of the dense model with nothing but some units changed.</summary>
    internal void KeepProbe(CompressionPlan plan, Divergence divergence) => Keep(KeyOf(plan, Probed), divergence);

    /// <summary>Divergence of a candidate that is on disk already.</summary>
    /// <param name="plan">The plan it was made from.</param>
    /// <param name="candidate">The candidate.</param>
    public Divergence Measure(CompressionPlan plan, Model candidate)
    {
        string key = KeyOf(plan);
        if (!_known.ContainsKey(key))
            Keep(key, Measure(candidate));
        return _known[key];
    }

    /// <summary>What is known of a plan already, or null.</summary>
    public Divergence? Find(CompressionPlan plan) => _known.GetValueOrDefault(KeyOf(plan));

    /// <inheritdoc/>
    public void Dispose()
    {
        _journal?.Dispose();
        _logits?.Dispose();
        _scratch.Dispose();
    }

    private Divergence Measure(Model candidate)
    {
        DenseLogits dense = Ask();
        using ILanguageModel model = LanguageModels.Load(candidate, _context.Inference);
        return DivergenceMeter.Measure(dense, _text, model, _context.CancellationToken);
    }

    /// <summary>The dense model's logits: asked once; after that the dense model's engine is not needed, and a candidate never stands beside it.</summary>
    internal DenseLogits Ask()
    {
        if (_logits is null)
        {
            _logits = DenseLogits.Ask(_dense.Load(), _text, _logitsInFile ? Path.Combine(_scratch.Path, "logits") : null, _context.CancellationToken);
            _dense.Unload();
        }

        return _logits;
    }

    private void Keep(string key, Divergence divergence)
    {
        _known[key] = divergence;
        _journal?.TryAppend(JsonSerializer.Serialize(new KeptTrial(key, divergence), TrialJson.Default.KeptTrial));
    }

    private string KeyOf(CompressionPlan plan, string kind = "gate trial 1") => ContentHash.Of(
        kind, _context.Engine.Identity, typeof(ILanguageModel).Module.ModuleVersionId.ToString("N"), CandidateMaking.KeyOf(_dense, plan), _text.Hash);
}

/// <summary>One line of the journal of trials.</summary>
internal sealed record KeptTrial(string Key, Divergence Divergence);

/// <summary>Serialiser of trials.</summary>
[JsonSourceGenerationOptions(
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, IgnoreReadOnlyProperties = true, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(KeptTrial))]
internal sealed partial class TrialJson : JsonSerializerContext;
