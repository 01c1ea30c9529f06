using System.Net;
using System.Net.Http.Headers;
using Gate.Diagnostics;
using Polly;
using Polly.Retry;

namespace Gate.Models.Inference.Served;

/// <summary>
/// Sends completion requests, at most <see cref="ServedModelSettings.Concurrency"/> at a time. A server that is busy (408, 429, 5xx), resets the connection,
/// answers too late or sends a body that breaks off is asked again, later and later, as it asks for with <c>Retry-After</c> but never after more than 30 s; any
/// other refusal is final. Whatever the server says, its key stands in no message and no answer.
/// </summary>
internal sealed class CompletionClient : IDisposable
{
    // The log-probabilities of a long prompt are a few megabytes; a body without end is not read to its end.
    private const long MaximumBodyBytes = 64L << 20;
    private const int Attempts = 6;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly ServedModelSettings _settings;
    private readonly ServerKey? _key;
    private readonly Action<string>? _told;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline<CompletionReply> _pipeline;
    private readonly ResiliencePipeline<CompletionReply> _trial;
    private long _quietUntil;

    /// <summary>Prepares a client; contacts nobody.</summary>
    /// <param name="settings">Where and how.</param>
    /// <param name="key">The key, or null.</param>
    /// <param name="firstPause">Pause before the first repetition; doubles with each.</param>
    /// <param name="told">Told of pauses of a second and more, once where several requests wait at the same time; null: nobody is.</param>
    public CompletionClient(ServedModelSettings settings, ServerKey? key, TimeSpan firstPause, Action<string>? told)
    {
        (_settings, _key, _told) = (settings, key, told);

        // A redirect would carry the key and the questions to an address nobody configured.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = settings.Concurrency };
        _http = new HttpClient(handler) { BaseAddress = settings.Url, Timeout = settings.Timeout, MaxResponseContentBufferSize = MaximumBodyBytes };
        if (key is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Text);
        _pipeline = Repeated(firstPause, static (_, _) => true);
        _trial = Repeated(firstPause, static (failure, attempt) => !failure.IsInternalError || attempt == 0);
    }

    /// <summary>Answers in the order of the requests.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="finished">Told the number of answers so far.</param>
    /// <param name="cancellationToken">Ends the requests under way.</param>
    /// <exception cref="GateException">Exit 4: the server cannot be reached, refuses, or answers something else than asked (GATE6003 to GATE6005).</exception>
    public CompletionReply[] Send(IReadOnlyList<CompletionRequest> requests, Action<int>? finished, CancellationToken cancellationToken)
    {
        var replies = new CompletionReply[requests.Count];
        int done = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = _settings.Concurrency, CancellationToken = cancellationToken };
        try
        {
            Parallel.ForEachAsync(Enumerable.Range(0, requests.Count), options, async (index, cancel) =>
            {
                replies[index] = await SendAsync(requests[index], _pipeline, cancel).ConfigureAwait(false);
                finished?.Invoke(Interlocked.Increment(ref done));
            }).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw GateException.Input("GATE6003", $"{_settings.Url}: the requests were broken off", Place, "Run again; finished answers are kept.");
        }

        return replies;
    }

    /// <summary>One answer, or null when the server refuses this kind of request: by a status such as 400, 422 or 501, or twice by 500, as llama.cpp's does.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public CompletionReply? Try(CompletionRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return SendAsync(request, _trial, cancellationToken).AsTask().GetAwaiter().GetResult();
        }
        catch (GateException exception) when (exception.Diagnostic.Code == "GATE6004" || exception.InnerException is TransientServerException { IsInternalError: true })
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private SourceLocation Place => new(_settings.File);

    private ResiliencePipeline<CompletionReply> Repeated(TimeSpan firstPause, Func<TransientServerException, int, bool> again) =>
        new ResiliencePipelineBuilder<CompletionReply>().AddRetry(new RetryStrategyOptions<CompletionReply>
        {
            MaxRetryAttempts = Attempts - 1,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = firstPause,
            MaxDelay = LongestPause,
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is TransientServerException failure && again(failure, arguments.AttemptNumber)),
            DelayGenerator = static arguments => ValueTask.FromResult(
                arguments.Outcome.Exception is TransientServerException { RetryAfter: { } wanted } ? (TimeSpan?)(wanted < LongestPause ? wanted : LongestPause) : null),
            OnRetry = arguments =>
            {
                TellPause(arguments.Outcome.Exception as TransientServerException, arguments.RetryDelay, arguments.AttemptNumber);
                return default;
            },
        }).Build();

    // A second is when people begin to wonder. Requests that wait together say it once.
    private void TellPause(TransientServerException? failure, TimeSpan pause, int attempt)
    {
        long now = Environment.TickCount64;
        long quietUntil = Volatile.Read(ref _quietUntil);
        if (pause.TotalSeconds < 1 || now < quietUntil || Interlocked.CompareExchange(ref _quietUntil, now + (long)pause.TotalMilliseconds, quietUntil) != quietUntil)
            return;
        string wanted = failure?.RetryAfter is { } asked && asked > LongestPause ? $" (the server asks for {Seconds(asked)})" : "";
        _told?.Invoke($"{_settings.Url}: {failure?.Message}; asked again in {Seconds(pause)}{wanted}, time {attempt + 2} of {Attempts}");
    }

    private static string Seconds(TimeSpan time) => $"{Math.Ceiling(time.TotalSeconds):0} s";

    private async ValueTask<CompletionReply> SendAsync(
        CompletionRequest request, ResiliencePipeline<CompletionReply> pipeline, CancellationToken cancellationToken)
    {
        byte[] body = request.ToJson(_settings.Model);
        try
        {
            return await pipeline.ExecuteAsync(cancel => PostAsync(body, cancel), cancellationToken).ConfigureAwait(false);
        }
        catch (TransientServerException exception)
        {
            string wanted = exception.RetryAfter is { } asked && asked > LongestPause ? $"; it asks to be left alone for {Seconds(asked)}" : "";
            throw GateException.Input(
                "GATE6003", $"{_settings.Url}: asked {Attempts} times, last: {exception.Message}{wanted}", Place,
                "Check that the server runs, and its load; lower 'concurrency' or raise 'timeoutSeconds' in endpoint.json. Finished answers are kept.", exception);
        }
        catch (ServerReplyException exception)
        {
            throw GateException.Input("GATE6005", $"{_settings.Url}: {exception.Message}", Place, "Check that 'url' in endpoint.json is the base of an OpenAI-compatible API; most end in /v1.", exception);
        }
    }

    private async ValueTask<CompletionReply> PostAsync(byte[] body, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpResponseMessage response = await _http.PostAsync(new Uri("completions", UriKind.Relative), content, cancellationToken).ConfigureAwait(false);
            byte[] answer = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode && answer.Length == 0)
                throw new TransientServerException("an answer without a body", null);
            if (response.IsSuccessStatusCode)
                return Read(answer);
            string said = $"the server says {(int)response.StatusCode}: {CompletionReplyReader.Shown(Redacted(System.Text.Encoding.UTF8.GetString(answer)))}";
            if (IsTransient(response.StatusCode))
                throw new TransientServerException(said, PauseOf(response), response.StatusCode == HttpStatusCode.InternalServerError);
            throw GateException.Input(
                "GATE6004", $"{_settings.Url}: {said}", Place,
                response.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) ? "Check 'url', 'model' and 'contextLength' in endpoint.json."
                    : _settings.ApiKeyVariable is { } variable ? $"Set {variable}, which 'apiKeyVariable' in endpoint.json names, to a key the server knows."
                    : "Add 'apiKeyVariable' to endpoint.json: the name of an environment variable that holds a key.");
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new ServerReplyException($"expected an answer of at most {MaximumBodyBytes} bytes, found more");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new TransientServerException(Redacted(exception.InnerException?.Message ?? exception.Message), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransientServerException($"no answer within {_settings.Timeout.TotalSeconds} s", null);
        }
    }

    // An answer is scored, kept and printed. The key in one is not masked: that would be another answer than the server gave.
    private CompletionReply Read(byte[] answer)
    {
        CompletionReply reply;
        try
        {
            reply = CompletionReplyReader.Read(answer);
        }
        catch (ServerReplyException exception)
        {
            throw new ServerReplyException(Redacted(exception.Message));
        }

        return _key is null || !reply.Texts.Any(_key.IsIn) ? reply : throw GateException.Input(
            "GATE6011", $"{_settings.Url}: the server repeats its key in an answer, which would be kept and printed", Place,
            $"Look why it does. Where the key is an ordinary word that a model may say, put another one into {_settings.ApiKeyVariable}.");
    }

    private string Redacted(string text) => _key?.Redact(text) ?? text;

    private static bool IsTransient(HttpStatusCode status) => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
        || ((int)status >= 500 && status is not (HttpStatusCode.NotImplemented or HttpStatusCode.HttpVersionNotSupported));

    // Seconds or a date, as RFC 9110 has it.
    private static TimeSpan? PauseOf(HttpResponseMessage response)
    {
        RetryConditionHeaderValue? header = response.Headers.RetryAfter;
        TimeSpan? wanted = header?.Delta ?? header?.Date - TimeProvider.System.GetUtcNow();
        return wanted < TimeSpan.Zero ? TimeSpan.Zero : wanted;
    }

    private sealed class TransientServerException(string message, TimeSpan? retryAfter, bool isInternalError = false) : Exception(message)
    {
        public TimeSpan? RetryAfter => retryAfter;

        public bool IsInternalError => isInternalError;
    }
}
