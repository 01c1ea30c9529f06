using System.Net;
using System.Text.Json.Nodes;
using Gate.Models;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Models.Tokenization;

namespace Gate.EndToEnd.Server;

/// <summary>Which of the real servers this one behaves like.</summary>
public enum ServerKind
{
    /// <summary>vLLM: <c>prompt_logprobs</c> with ranks.</summary>
    Vllm,

    /// <summary>OpenAI's completions and SGLang: <c>echo</c> with <c>logprobs</c>.</summary>
    Echo,

    /// <summary>
    /// llama.cpp (llama-server): log-probabilities of generated tokens only, listed as the chat endpoint does, each with its id; a request with <c>echo</c>
    /// is answered with status 500.
    /// </summary>
    LlamaCpp,
}

/// <summary>A real HTTP server on the loopback address that serves our own engine through the completions protocol, with faults on request.</summary>
public sealed class CompletionServer : IDisposable
{
    private readonly HttpListener _listener;
    private readonly Model _checkpoint;
    private readonly ILanguageModel _model;
    private readonly Tokenizer _tokenizer;
    private readonly ServerKind _kind;
    private readonly Lock _engine = new();
    private int _underWay;
    private int _mostUnderWay;
    private int _requests;

    public CompletionServer(ServerKind kind, string modelFolder)
    {
        _kind = kind;
        _checkpoint = Model.Open(modelFolder);
        _model = LanguageModels.Load(_checkpoint, InferenceOptions.Default);
        _tokenizer = Tokenizer.Open(modelFolder)!;
        (_listener, Url) = Listen();
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>Base address.</summary>
    public string Url { get; }

    /// <summary>Requests so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Most requests under way at once.</summary>
    public int MostUnderWay => Volatile.Read(ref _mostUnderWay);

    /// <summary>The key every request must carry, or null.</summary>
    public string? Key { get; set; }

    /// <summary>Given the number of a request, from 1, and its body, spoils the answer; returns true when it was answered.</summary>
    public Func<int, string, HttpListenerResponse, bool>? Fault { get; set; }

    /// <summary>Tokens of a slot, or null for what the model sees. Of a longer prompt llama.cpp's server may keep the end only, and counts what is left.</summary>
    public int? SlotLength { get; set; }

    /// <summary>Most tokens that a server like llama.cpp's lists at a position; the whole vocabulary unless set.</summary>
    public int MostListed { get; set; } = int.MaxValue;

    /// <summary>Changes an answer before it is sent.</summary>
    public Action<JsonObject>? Spoil { get; set; }

    public void Dispose()
    {
        _listener.Close();
        lock (_engine)
        {
            _model.Dispose();
            _checkpoint.Dispose();
        }
    }

    /// <summary>Writes a whole answer.</summary>
    public static bool Answer(HttpListenerResponse response, int status, string body)
    {
        response.StatusCode = status;
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(body);
        response.ContentLength64 = bytes.Length;
        response.OutputStream.Write(bytes);
        response.Close();
        return true;
    }

    private static (HttpListener Listener, string Url) Listen()
    {
        for (int port = Random.Shared.Next(20_000, 50_000); ; port = Random.Shared.Next(20_000, 50_000))
        {
            // A listener that failed to start is disposed of, and of no use again.
            HttpListener listener = new();
            listener.Prefixes.Add($"http://127.0.0.1:{port}/v1/");
            try
            {
                listener.Start();
                return (listener, $"http://127.0.0.1:{port}/v1");
            }
            catch (HttpListenerException)
            {
                // Taken by somebody else; the next one.
            }
        }
    }

    private async Task AcceptAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => Serve(context));
        }
    }

    private void Serve(HttpListenerContext context)
    {
        int number = Interlocked.Increment(ref _requests);
        int now = Interlocked.Increment(ref _underWay);
        for (int most = MostUnderWay; now > most; most = MostUnderWay)
            _ = Interlocked.CompareExchange(ref _mostUnderWay, now, most);
        bool counted = true;
        try
        {
            using var reader = new StreamReader(context.Request.InputStream);
            string body = reader.ReadToEnd();
            JsonObject? answer = null;
            if (Key is null || context.Request.Headers["Authorization"] == $"Bearer {Key}")
            {
                lock (_engine)
                    answer = Complete(JsonNode.Parse(body)!.AsObject());
            }

            // The client may send its next request as soon as it has the answer.
            Interlocked.Decrement(ref _underWay);
            counted = false;
            if (Fault?.Invoke(number, body, context.Response) == true)
                return;
            if (answer?["error"] is { } error)
            {
                Answer(context.Response, error["code"]!.GetValue<int>(), answer.ToJsonString());
                return;
            }

            if (answer is null)
            {
                Answer(context.Response, 401, """{"error":{"message":"who are you?"}}""");
                return;
            }

            Spoil?.Invoke(answer);
            Answer(context.Response, 200, answer.ToJsonString());
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The client went away.
        }
        finally
        {
            if (counted)
                Interlocked.Decrement(ref _underWay);
        }
    }

    private JsonObject Complete(JsonObject request)
    {
        int[] ids = request["prompt"] is JsonArray array
            ? [.. array.Select(id => id!.GetValue<int>())]
            : _tokenizer.Encode(request["prompt"]!.GetValue<string>(), addSpecialTokens: true);
        if (_kind == ServerKind.LlamaCpp && request.ContainsKey("echo"))
            return new JsonObject { ["error"] = new JsonObject { ["code"] = 500, ["message"] = "Unsupported param: echo", ["type"] = "server_error" } };
        if (SlotLength is { } slot && ids.Length >= slot)
            ids = [.. ids.TakeLast(slot / 2)];
        int maximum = request["max_tokens"]!.GetValue<int>();
        string[] stops = [.. request["stop"]?.AsArray().Select(stop => stop!.GetValue<string>()) ?? []];
        int? top = request["logprobs"]?.GetValue<int>();
        bool echo = _kind == ServerKind.Echo && request["echo"]?.GetValue<bool>() == true;
        Generation generation = _model.Generate([new GenerationRequest(ids, maximum, _model.EndOfTextIds, stops)])[0];
        string text = _tokenizer.Decode([.. generation.Ids], skipSpecialTokens: true);
        foreach (string stop in stops)
            text = text.Split(stop)[0];
        var choice = new JsonObject
        {
            ["index"] = 0,
            ["text"] = (echo ? _tokenizer.Decode(ids, skipSpecialTokens: false) : "") + text,
            ["finish_reason"] = generation.Stop == GenerationStop.Length ? "length" : "stop",
        };
        if (_kind == ServerKind.Vllm && request["prompt_logprobs"]?.GetValue<int>() is { } wanted)
            choice["prompt_logprobs"] = PromptLogprobs(ids, wanted);
        if (top is { } count)
        {
            choice["logprobs"] = _kind == ServerKind.LlamaCpp
                ? Content(ids, [.. generation.Ids], Math.Min(count, MostListed))
                : Logprobs(ids, [.. generation.Ids], echo, Math.Min(count, _kind == ServerKind.Echo ? 5 : 20));
        }

        return new JsonObject
        {
            ["object"] = "text_completion",
            ["model"] = request["model"]!.GetValue<string>(),
            ["choices"] = new JsonArray(choice),
            ["usage"] = new JsonObject { ["prompt_tokens"] = ids.Length, ["completion_tokens"] = generation.Ids.Count },
        };
    }

    private JsonArray PromptLogprobs(int[] ids, int count)
    {
        double[][] rows = Rows(ids);
        var positions = new JsonArray((JsonNode?)null);
        for (int i = 1; i < ids.Length; i++)
        {
            double[] row = rows[i - 1];
            var entries = new JsonObject();
            foreach (int id in Best(row, count).Append(ids[i]).Distinct())
            {
                entries[$"{id}"] = new JsonObject
                {
                    ["logprob"] = row[id],
                    ["rank"] = 1 + Enumerable.Range(0, row.Length).Count(other => row[other] > row[id] || (row[other] == row[id] && other < id)),
                    ["decoded_token"] = _tokenizer.Decode([id], skipSpecialTokens: false),
                };
            }

            positions.Add(entries);
        }

        return positions;
    }

    private JsonObject Logprobs(int[] prompt, int[] generated, bool echo, int count)
    {
        int[] all = [.. prompt, .. generated];

        // A generation that ends at once has no token; servers still give the position's distribution.
        int shown = generated.Length == 0 && !echo ? prompt.Length + 1 : all.Length;
        double[][] rows = Rows(all);
        var tokens = new JsonArray();
        var values = new JsonArray();
        var tops = new JsonArray();
        for (int i = echo ? 0 : prompt.Length; i < shown; i++)
        {
            double[]? row = i == 0 ? null : rows[i - 1];
            int id = i < all.Length ? all[i] : Best(row!, 1).First();
            tokens.Add(_tokenizer.Decode([id], skipSpecialTokens: false));
            values.Add(row is null ? null : (JsonNode)row[id]);
            tops.Add(row is null ? null : new JsonObject(Best(row, count)
                .Select(best => KeyValuePair.Create(_tokenizer.Decode([best], skipSpecialTokens: false), (JsonNode?)row[best]))
                .DistinctBy(pair => pair.Key)));
        }

        return new JsonObject { ["tokens"] = tokens, ["token_logprobs"] = values, ["top_logprobs"] = tops };
    }

    private JsonObject Content(int[] prompt, int[] generated, int count)
    {
        int end = _tokenizer.EndOfSequence!.Value;
        int[] all = [.. prompt, .. generated.Length > 0 ? generated : [end]];
        double[][] rows = Rows(all);
        JsonObject Entry(int position, int id) => new()
        {
            // A special token has no text here, and of a character cut in two what is whole.
            ["id"] = id,
            ["token"] = id == end ? "" : _tokenizer.Decode([id], skipSpecialTokens: false).Replace("\uFFFD", "", StringComparison.Ordinal),
            ["logprob"] = rows[position - 1][id],
        };
        var content = new JsonArray();
        for (int i = prompt.Length; i < all.Length; i++)
        {
            JsonObject entry = Entry(i, all[i]);
            entry["top_logprobs"] = new JsonArray([.. Best(rows[i - 1], count).Select(id => Entry(i, id))]);
            content.Add(entry);
        }

        return new JsonObject { ["content"] = content };
    }

    private double[][] Rows(int[] ids)
    {
        var rows = new double[ids.Length][];
        _model.VisitLogits(new LogitsRequest(ids), (position, logits) =>
        {
            double most = double.NegativeInfinity, sum = 0;
            foreach (float logit in logits)
                most = Math.Max(most, logit);
            foreach (float logit in logits)
                sum += Math.Exp(logit - most);
            double normalizer = most + Math.Log(sum);
            rows[position] = [.. logits.ToArray().Select(logit => logit - normalizer)];
        });
        return rows;
    }

    private static IEnumerable<int> Best(double[] row, int count) =>
        Enumerable.Range(0, row.Length).OrderByDescending(id => row[id]).ThenBy(id => id).Take(count);
}
