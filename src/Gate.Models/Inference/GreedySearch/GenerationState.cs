using System.Runtime.InteropServices;
using Gate.Models.Batching;
using Gate.Models.Questions;
using Gate.Models.Tokenization;

namespace Gate.Models.Inference.GreedySearch;

/// <summary>A generation on its way.</summary>
internal sealed class GenerationState
{
    private readonly GenerationRequest _request;
    private readonly Tokenizer? _tokenizer;
    private readonly int _maximumLength;
    private readonly List<int> _ids = [];
    private readonly List<double> _logProbabilities = [];
    private GenerationStop? _stop;
    private KeyValueRun[] _runs = [];
    private KeyValueRun _memory;
    private int _contextRuns;

    /// <summary>Starts with the context alone.</summary>
    /// <param name="index">Index of the request.</param>
    /// <param name="request">The request, checked.</param>
    /// <param name="tokenizer">Needed when the request has stop texts.</param>
    /// <param name="maximumLength">Longest sequence of the model.</param>
    /// <param name="startId">What the decoder of an encoder–decoder starts with, which then reads the context; null for other models.</param>
    public GenerationState(int index, GenerationRequest request, Tokenizer? tokenizer, int maximumLength, int? startId)
    {
        Index = index;
        Source = startId is null ? default : request.Context;
        Context = startId is { } start ? (int[])[start, .. request.DecoderContext.Span] : request.Context;
        _request = request;
        _tokenizer = tokenizer;
        _maximumLength = maximumLength;
        if (request.MaximumNewTokens == 0)
            _stop = GenerationStop.Length;
    }

    /// <summary>Index of the request.</summary>
    public int Index { get; }

    /// <summary>What the stack that generates starts with.</summary>
    public ReadOnlyMemory<int> Context { get; }

    /// <summary>What the encoder reads; empty where there is none.</summary>
    public ReadOnlyMemory<int> Source { get; }

    /// <summary>Which source of those read together is its own.</summary>
    public int Group { get; set; }

    /// <summary>Whether it goes on.</summary>
    public bool IsRunning => _stop is null;

    /// <summary>Tokens generated so far.</summary>
    public int GeneratedCount => _ids.Count;

    /// <summary>The token generated last.</summary>
    public int LastId => _ids[^1];

    /// <summary>Store rows its generated tokens may need; the last one generated is never run.</summary>
    public int ReservedRows => Math.Min(_request.MaximumNewTokens - 1, _maximumLength - Context.Length);

    /// <summary>Context and generated tokens together.</summary>
    public ReadOnlyMemory<int> Sequence => (int[])[.. Context.Span, .. _ids];

    /// <summary>The result, once it has ended.</summary>
    public Generation Result => new(_ids, _logProbabilities, _stop!.Value);

    /// <summary>Sets where its keys and values lie.</summary>
    /// <param name="contextRuns">Rows of the context.</param>
    /// <param name="firstRow">First of the rows reserved for generated tokens.</param>
    /// <param name="memory">Rows of the memory store that hold its source.</param>
    public void Place(KeyValueRun[] contextRuns, int firstRow, KeyValueRun memory)
    {
        _memory = memory;
        _contextRuns = contextRuns.Length;
        _runs = [.. contextRuns, new KeyValueRun(firstRow, 0)];
    }

    /// <summary>Adds the last token to a batch.</summary>
    /// <returns>One more than its store row.</returns>
    public int AddTo(RaggedBatch batch)
    {
        int generated = _ids.Count, firstRow = _runs[_contextRuns].FirstRow;
        _runs[_contextRuns] = new KeyValueRun(firstRow, generated);
        batch.Add([LastId], Context.Length + generated - 1, firstRow + generated - 1, _runs, _memory);
        return firstRow + generated;
    }

    /// <summary>Takes the next token, or ends.</summary>
    /// <param name="best">The most probable id and its log-probability.</param>
    public void Accept(NextTokenScores best)
    {
        double logProbability = best.TopLogProbabilities[0];
        if (!double.IsFinite(logProbability))
            _stop = GenerationStop.NotFinite;
        else if (_request.StopIds.Contains(best.TopIds[0]))
            _stop = GenerationStop.StopId;
        else
            Append(best.TopIds[0], logProbability);
    }

    private void Append(int id, double logProbability)
    {
        _ids.Add(id);
        _logProbabilities.Add(logProbability);
        if (_request.StopTexts.Count > 0 && ContainsStopText())
            _stop = GenerationStop.StopText;
        else if (_ids.Count == _request.MaximumNewTokens)
            _stop = GenerationStop.Length;
        else if (Context.Length + _ids.Count > _maximumLength)
            _stop = GenerationStop.ContextFull;
    }

    private bool ContainsStopText()
    {
        string text = _tokenizer!.Decode(CollectionsMarshal.AsSpan(_ids), skipSpecialTokens: false);
        return _request.StopTexts.Any(stop => text.Contains(stop, StringComparison.Ordinal));
    }
}
