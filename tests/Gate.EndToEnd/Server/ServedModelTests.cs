using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Gate.EndToEnd.Tool;
using Gate.Results;

namespace Gate.EndToEnd.Server;

public sealed class ServedModelTests : IDisposable
{
    private const string AllTasks = "\"lama\", \"factoid-qa\", \"mcqa\", \"perplexity\"";
    private const string NoPower = ", \"decision\": { \"requirePower\": false }";

    private readonly GateTool _gate = new();

    public void Dispose() => _gate.Dispose();

    [Theory]
    [InlineData(ServerKind.Vllm)]
    [InlineData(ServerKind.Echo)]
    public void A_served_candidate_gets_the_verdict_that_its_files_get(ServerKind kind)
    {
        string candidate = Compressed();
        using var server = new CompletionServer(kind, candidate);
        Serve("served", server, "\"revision\": \"1\"");
        _gate.WriteGate(GateTool.SampleModel, AllTasks, 12, NoPower);
        ToolRun local = _gate.Run("compare", candidate);
        GateResults byFiles = Results();
        _gate.Run("compare", "served").Ends(local.ExitCode);
        GateResults byServer = Results();
        Assert.Equal(byFiles.Verdict.ExitCode, byServer.Verdict.ExitCode);
        foreach ((TaskResult files, TaskResult served) in byFiles.Tasks.Zip(byServer.Tasks))
        {
            Assert.Equal(files.CandidateScore!.Value, served.CandidateScore!.Value, 1e-4);
            Assert.Equal(files.Flips, served.Flips);
        }

        Assert.Equal(byFiles.Forgotten.Select(item => (item.Id, item.CandidateAnswer)), byServer.Forgotten.Select(item => (item.Id, item.CandidateAnswer)));
        Assert.Equal("served", byServer.Candidate.Family);
        Assert.Null(byServer.Size.TheoreticalCompressionRate);
        Assert.Contains(byServer.Notes, note => note.Code == "GATE6010");
        Assert.True(server.MostUnderWay <= 3, $"{server.MostUnderWay} requests at once");

        // Everything is kept: the same command needs no server.
        int asked = server.Requests;
        _gate.Run("compare", "served").Ends(local.ExitCode);
        Assert.Equal(asked, server.Requests);
    }

    [Fact]
    public void A_served_dense_model_is_compared_with_files_and_scored_alone()
    {
        using var server = new CompletionServer(ServerKind.Vllm, GateTool.SampleModel);
        Serve("served", server);
        _gate.WriteGate(GateTool.SampleModel, "\"mcqa\"", 10, NoPower);
        _gate.Run("compare", "served", GateTool.SampleModel).Ends(0);
        Assert.Empty(Results().Forgotten);
        ToolRun run = _gate.Run("evaluate", "served", "--json");
        Assert.Equal("served", JsonNode.Parse(run.Ends(0).Out)!["family"]!.GetValue<string>());
    }

    [Fact]
    public void A_server_without_log_probabilities_of_prompts_answers_generation_tasks_and_is_refused_by_name_for_the_others()
    {
        using var server = new CompletionServer(ServerKind.LlamaCpp, GateTool.SampleModel);
        Serve("served", server);
        _gate.WriteGate(GateTool.SampleModel, "\"factoid-qa\"", 10, NoPower);
        ToolRun run = _gate.Run("compare", "served").Ends(0);
        Assert.Empty(Results().Forgotten);
        Assert.True(run.Elapsed < TimeSpan.FromSeconds(10), $"{run.Elapsed}: what the server cannot do was asked again and again");
        _gate.Run("compare", "served", "--suite.tasks", "mcqa").Ends(4).Says("GATE6008", "multiple choice", "suite.tasks");
        server.MostListed = 20;
        _gate.Run("compare", "served", "--suite.tasks", "lama").Ends(4).Says("GATE6008", "cloze", "the whole vocabulary");
    }

    [Fact]
    public void A_server_that_lists_the_whole_vocabulary_after_a_prompt_answers_a_cloze_with_every_rank()
    {
        string candidate = Compressed();
        using var server = new CompletionServer(ServerKind.LlamaCpp, candidate);
        Serve("served", server);
        _gate.WriteGate(GateTool.SampleModel, "\"lama\"", 16, NoPower);
        _gate.Run("compare", candidate);
        string[] byFiles = Items();
        _gate.Run("compare", "served");
        Assert.Equal(byFiles, Items());
        Assert.Contains("\"mrr\"", byFiles[0], StringComparison.Ordinal);

        // All that one item costs is one request.
        Assert.InRange(server.Requests, 16, 28);

        // As llama.cpp's server does where the most probable token is part of a character.
        int before = server.Requests;
        server.Spoil = answer => answer["choices"]![0]!["logprobs"] = server.Requests - before > 20 ? null : answer["choices"]![0]!["logprobs"]?.DeepClone();
        _gate.Run("compare", "served").Ends(4).Says("GATE6005", "found 0", "part of a character");
    }

    [Fact]
    public void A_prompt_that_the_server_shortened_and_an_answer_for_which_it_had_no_room_are_errors_and_never_answers()
    {
        using var server = new CompletionServer(ServerKind.LlamaCpp, GateTool.SampleModel) { SlotLength = 64 };
        Serve("served", server);
        _gate.WriteGate(GateTool.SampleModel, "\"incontext-qa\"", 40, NoPower);
        _gate.Run("compare", "served").Ends(4).Says("GATE6005", "prompt tokens", "the server counts", "contextLength", "-np");
        server.SlotLength = null;
        server.Spoil = answer => (answer["choices"]![0]!["finish_reason"], answer["usage"]!["completion_tokens"]) = ("length", 1);
        _gate.Run("compare", "served").Ends(4).Says("GATE6005", "up to 8 tokens", "broke off after 1", "contextLength");
        Assert.False(File.Exists(_gate.PathOf("out", "results.json")));
    }

    [Fact]
    public void A_busy_server_a_defect_and_a_broken_connection_are_asked_again()
    {
        using var server = new CompletionServer(ServerKind.Vllm, GateTool.SampleModel);
        Serve("served", server);
        _gate.WriteGate(GateTool.SampleModel, "\"mcqa\"", 12, NoPower);
        ConcurrentDictionary<string, bool> seen = new(StringComparer.Ordinal);
        int spoilt = 0;
        server.Fault = (_, body, response) =>
        {
            if (!seen.TryAdd(body, true))
                return false;
            switch (Interlocked.Increment(ref spoilt) % 3)
            {
                case 0:
                    response.Headers["Retry-After"] = "0";
                    return CompletionServer.Answer(response, 429, "busy");
                case 1:
                    return CompletionServer.Answer(response, 503, "starting");
                default:
                    response.Abort();
                    return true;
            }
        };
        _gate.Run("compare", "served").Ends(0);
    }

    [Fact]
    public void A_server_that_never_recovers_or_is_not_there_ends_with_exit_4_and_finished_answers_are_kept()
    {
        using var server = new CompletionServer(ServerKind.Vllm, GateTool.SampleModel);
        Serve("served", server, "\"revision\": \"1\"");
        _gate.WriteGate(GateTool.SampleModel, "\"factoid-qa\", \"mcqa\"", 130, NoPower);
        server.Fault = (number, _, response) =>
        {
            if (number < 200)
                return false;
            response.Headers["Retry-After"] = "0";
            return CompletionServer.Answer(response, 500, "out of memory");
        };
        _gate.Run("compare", "served").Ends(4).Says("GATE6003", "asked 6 times", "out of memory", "endpoint.json");
        server.Fault = null;
        int before = server.Requests;
        _gate.Run("compare", "served").Ends(0);
        Assert.True(server.Requests - before < 130 * 5, $"{server.Requests - before} requests after {before}");

        _gate.Write("gone/endpoint.json", Endpoint("http://127.0.0.1:9/v1", "\"revision\": \"1\""));
        CopyTokenizer("gone");
        _gate.Run("compare", "gone").Ends(4).Says("GATE6003", "127.0.0.1:9");
    }

    [Theory]
    [InlineData("truncated", "GATE6005")]
    [InlineData("positive", "GATE6005")]
    [InlineData("missing", "GATE6005")]
    [InlineData("shifted", "GATE6005")]
    [InlineData("counted", "GATE6007")]
    [InlineData("spelt", "GATE6007")]
    public void A_hostile_or_foreign_answer_is_an_error_and_never_a_score(string fault, string code)
    {
        using var server = new CompletionServer(ServerKind.Vllm, GateTool.SampleModel);
        Serve("served", server);
        _gate.WriteGate(GateTool.SampleModel, "\"mcqa\"", 4, NoPower);
        int prompts = 0;
        server.Fault = (number, _, response) => fault == "truncated" && number > 12 && CompletionServer.Answer(response, 200, "{\"choices\": [{\"te");
        server.Spoil = answer =>
        {
            JsonObject choice = answer["choices"]![0]!.AsObject();
            if (fault == "counted")
                answer["usage"]!["prompt_tokens"] = 3;
            if (choice["prompt_logprobs"] is not JsonArray positions)
                return;
            bool probe = prompts++ == 0;
            switch (fault)
            {
                case "spelt":
                    foreach ((_, JsonNode? entry) in positions[1]!.AsObject())
                        entry!["decoded_token"] = "elsewhere";
                    break;
                case "positive" when !probe:
                    positions[^1]!.AsObject().First().Value!["logprob"] = 3.5;
                    break;
                case "missing" when !probe:
                    positions.RemoveAt(positions.Count - 1);
                    break;
                case "shifted" when !probe:
                    positions[^1] = new JsonObject { ["0"] = new JsonObject { ["logprob"] = -1.0, ["rank"] = 2 } };
                    break;
            }
        };
        _gate.Run("compare", "served").Ends(4).Says(code, "endpoint.json");
        Assert.False(File.Exists(_gate.PathOf("out", "results.json")));
    }

    [Fact]
    public void A_tokenizer_with_other_ids_for_the_same_texts_is_noticed_by_the_tokens_that_the_server_lists()
    {
        using var server = new CompletionServer(ServerKind.LlamaCpp, GateTool.SampleModel);
        Serve("served", server);
        JsonNode tokenizer = JsonNode.Parse(File.ReadAllText(_gate.PathOf("served", "tokenizer.json")))!;
        JsonObject vocabulary = tokenizer["model"]!["vocab"]!.AsObject();
        string[] tokens = [.. vocabulary.Where(entry => entry.Value!.GetValue<int>() is > 300 and < 3000).Select(entry => entry.Key)];
        foreach (string[] pair in tokens.Chunk(2).Where(pair => pair.Length == 2))
            (vocabulary[pair[0]], vocabulary[pair[1]]) = (vocabulary[pair[1]]!.DeepClone(), vocabulary[pair[0]]!.DeepClone());
        _gate.Write("served/tokenizer.json", tokenizer.ToJsonString());
        _gate.WriteGate(GateTool.SampleModel, "\"factoid-qa\"", 10, NoPower);
        _gate.Run("evaluate", "served").Ends(4).Says("GATE6007", "to the local tokenizer", "to the server", "endpoint.json");
    }

    [Fact]
    public void A_server_that_wants_a_key_and_an_address_without_v1_are_told_what_is_missing()
    {
        using var server = new CompletionServer(ServerKind.LlamaCpp, GateTool.SampleModel) { Key = "s3cret-key" };
        Serve("served", server);
        _gate.WriteGate(GateTool.SampleModel, "\"factoid-qa\"", 4, NoPower);
        _gate.Run("compare", "served").Ends(4).Says("GATE6004", "401", "Add 'apiKeyVariable'");
        server.Key = null;
        server.Fault = (_, _, response) => CompletionServer.Answer(response, 200, """{"content":" Paris","tokens_predicted":1}""");
        _gate.Run("compare", "served").Ends(4).Says("GATE6005", "'choices'", "/v1");
    }

    [Fact]
    public void The_key_comes_from_the_environment_and_stands_in_no_file()
    {
        using var server = new CompletionServer(ServerKind.Vllm, GateTool.SampleModel) { Key = "s3cret-key" };
        Serve("served", server, "\"revision\": \"1\", \"apiKeyVariable\": \"GATE_TEST_KEY\"");
        _gate.WriteGate(GateTool.SampleModel, "\"mcqa\"", 12, NoPower);
        _gate.Run("compare", "served").Ends(4).Says("GATE6002", "GATE_TEST_KEY");
        _gate.Variables["GATE_TEST_KEY"] = "wrong";
        _gate.Run("compare", "served").Ends(4).Says("GATE6004", "401", "who are you?", "apiKeyVariable");
        _gate.Variables["GATE_TEST_KEY"] = "s3cret-key";
        ToolRun run = _gate.Run("compare", "served", "-v").Ends(0);
        Assert.DoesNotContain("s3cret-key", run.Out + run.Error, StringComparison.Ordinal);
        Assert.All(
            Directory.EnumerateFiles(_gate.Folder, "*", SearchOption.AllDirectories),
            file => Assert.DoesNotContain("s3cret-key", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(400, "{\"error\": \"not with Authorization: Bearer {0}\"}", "s3cret-key")]
    [InlineData(401, "{\"error\": \"s3cret\\u002F\\u002b\\u003Dkey?\"}", "s3cret/+=key")]
    [InlineData(401, "<p>s3cret%2f&#43;=key</p>", "s3cret/+=key")]
    [InlineData(200, "{\"choices\": [], \"s3cret-key\": 1} {0}", "s3cret-key")]
    public void A_key_that_the_server_repeats_stands_in_nothing_that_a_failed_run_leaves(int status, string body, string key)
    {
        using var server = new CompletionServer(ServerKind.Vllm, GateTool.SampleModel);
        Serve("served", server, "\"apiKeyVariable\": \"GATE_TEST_KEY\"");
        _gate.WriteGate(GateTool.SampleModel, "\"mcqa\"", 12, NoPower);
        _gate.Variables["GATE_TEST_KEY"] = key;
        server.Fault = (_, _, response) => CompletionServer.Answer(response, status, body.Replace("{0}", key, StringComparison.Ordinal));
        ToolRun run = _gate.Run("compare", "served", "-v", "--log-file", "gate.log", "--outputs-file", "outputs.txt").Ends(4).Says("GATE600");
        string[] left = [run.Out, run.Error, .. Directory.EnumerateFiles(_gate.Folder, "*", SearchOption.AllDirectories).Select(File.ReadAllText)];
        Assert.Contains(left, text => text.Contains("***", StringComparison.Ordinal) || status == 200);
        Assert.All(left, text => Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal));
    }

    [Fact]
    public void An_answer_that_repeats_the_key_is_an_error_and_is_neither_kept_nor_printed()
    {
        using var server = new CompletionServer(ServerKind.Vllm, GateTool.SampleModel);
        Serve("served", server, "\"revision\": \"1\", \"apiKeyVariable\": \"GATE_TEST_KEY\"");
        _gate.WriteGate(GateTool.SampleModel, "\"factoid-qa\"", 12, NoPower);
        _gate.Variables["GATE_TEST_KEY"] = "s3cret-key";
        server.Spoil = answer => answer["choices"]![0]!["text"] = " s3cret-key";
        ToolRun run = _gate.Run("compare", "served").Ends(4).Says("GATE6011", "GATE_TEST_KEY");
        string[] left = [run.Out, run.Error, .. Directory.EnumerateFiles(_gate.Folder, "*", SearchOption.AllDirectories).Select(File.ReadAllText)];
        Assert.All(left, text => Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_key_in_the_place_of_its_variable_and_a_password_in_an_address_are_refused_without_being_repeated()
    {
        Directory.CreateDirectory(_gate.PathOf("served"));
        _gate.Write("served/endpoint.json", Endpoint("http://127.0.0.1:9/v1", "\"apiKeyVariable\": \"sk-s3cret\""));
        CopyTokenizer("served");
        _gate.WriteGate(GateTool.SampleModel, "\"mcqa\"", 4, NoPower);
        string said = _gate.Run("compare", "served").Ends(4).Says("GATE6001", "apiKeyVariable", "name of an environment variable").Error;
        said += _gate.Run("compare", "https://me:s3cret@127.0.0.1:9/v1?key=s3cret").Ends(2).Says("GATE6001", "https://127.0.0.1:9/v1").Error;
        _gate.Write("served/endpoint.json", Endpoint("http://127.0.0.1:9/v1", "\"apiKeyVariable\": \"GATE_TEST_KEY\""));
        _gate.Variables["GATE_TEST_KEY"] = "s3cret\r\nX-Other: 1";
        said += _gate.Run("compare", "served").Ends(4).Says("GATE6002", "GATE_TEST_KEY").Error;
        Assert.DoesNotContain("s3cret", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3600", "asked again in 30 s (the server asks for 3600 s), time 2 of 6")]
    [InlineData("Fri, 31 Dec 2100 23:59:59 GMT", "asked again in 30 s (the server asks for ")]
    [InlineData("7", "asked again in 7 s, time 2 of 6")]
    public void A_pause_that_the_server_asks_for_is_bounded_and_told_once_by_all_who_wait(string retryAfter, string told)
    {
        using var server = new CompletionServer(ServerKind.Vllm, GateTool.SampleModel);
        Serve("served", server);
        _gate.WriteGate(GateTool.SampleModel, "\"mcqa\"", 12, NoPower);
        server.Fault = (number, _, response) =>
        {
            if (number < 12)
                return false;
            response.Headers["Retry-After"] = retryAfter;
            return CompletionServer.Answer(response, 429, "busy");
        };
        using System.Diagnostics.Process process = _gate.Start("evaluate", "served");
        string? line;
        do
        {
            line = process.StandardError.ReadLine();
        }
        while (line is not null && !line.Contains("asked again", StringComparison.Ordinal));
        Thread.Sleep(300);
        process.Kill();
        Assert.Contains($"the server says 429: busy; {told}", line, StringComparison.Ordinal);
        Assert.DoesNotContain("asked again", process.StandardError.ReadToEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_revision_no_answer_outlives_the_run_and_another_revision_is_asked_anew()
    {
        using var server = new CompletionServer(ServerKind.Vllm, GateTool.SampleModel);
        Serve("served", server);
        _gate.WriteGate(GateTool.SampleModel, "\"mcqa\"", 12, NoPower);
        int Asked(int before)
        {
            _gate.Run("compare", "served").Ends(0);
            return server.Requests - before;
        }

        int first = Asked(0);
        Assert.Equal(first, Asked(server.Requests));
        Serve("served", server, "\"revision\": \"2\"");
        Assert.Equal(first, Asked(server.Requests));
        Assert.Equal(0, Asked(server.Requests));
        Serve("served", server, "\"revision\": \"3\"");
        Assert.Equal(first, Asked(server.Requests));
    }

    [Fact]
    public void What_needs_weights_and_what_is_not_a_folder_is_refused_with_what_to_do()
    {
        Directory.CreateDirectory(_gate.PathOf("served"));
        _gate.Write("served/endpoint.json", Endpoint("http://127.0.0.1:9/v1", ""));
        CopyTokenizer("served");
        _gate.WriteGate(_gate.PathOf("served"), "\"mcqa\"", 4, NoPower);
        _gate.Run("run").Ends(4).Says("GATE6009", "gate compare");
        _gate.Run("compare", "http://127.0.0.1:9/v1").Ends(2).Says("GATE6001", "endpoint.json");
        _gate.Write("served/endpoint.json", "{\n  \"url\": \"ftp://127.0.0.1\",\n  \"model\": \"m\" }");
        _gate.Run("compare", GateTool.SampleModel, "served").Ends(4).Says("GATE6001", "endpoint.json(2,10)");
        _gate.Write("served/endpoint.json", Endpoint("http://127.0.0.1:9/v1", "\"concurency\": 4"));
        _gate.Run("compare", GateTool.SampleModel, "served").Ends(4).Says("GATE6001", "concurrency");
    }

    [Fact]
    public void A_run_that_is_killed_goes_on_from_its_finished_answers()
    {
        using var server = new CompletionServer(ServerKind.Vllm, GateTool.SampleModel);
        Serve("served", server, "\"revision\": \"1\"");
        _gate.WriteGate(GateTool.SampleModel, "\"factoid-qa\"", 400, NoPower);
        using (System.Diagnostics.Process process = _gate.Start("compare", "served"))
        {
            while (server.Requests < 300 && !process.HasExited)
                Thread.Sleep(20);
            process.Kill();
            process.WaitForExit();
        }

        int before = server.Requests;
        _gate.Run("compare", "served").Ends(0);
        Assert.InRange(server.Requests - before, 1, 320);
    }

    private string Compressed()
    {
        _gate.WriteGate(GateTool.SampleModel);
        _gate.Run("compress", "gate.json", "--recipe.quantize.bits", "3").Ends(0);
        return _gate.PathOf("out", "candidate");
    }

    private string[] Items() =>
        [.. File.ReadLines(_gate.PathOf("out", "items.jsonl")).Select(line => JsonNode.Parse(line)!["candidate"]!.AsObject())
            .Select(answer => $"{answer["answer"]} {answer["metrics"]!.ToJsonString()}")];

    private GateResults Results() => ResultsJson.Read(File.ReadAllBytes(_gate.PathOf("out", "results.json")));

    private void Serve(string folder, CompletionServer server, string more = "")
    {
        _gate.Write($"{folder}/endpoint.json", Endpoint(server.Url, more));
        CopyTokenizer(folder);
    }

    private void CopyTokenizer(string folder)
    {
        foreach (string name in new[] { "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json" })
            File.Copy(Path.Combine(GateTool.SampleModel, name), _gate.PathOf(folder, name), overwrite: true);
    }

    private static string Endpoint(string url, string more) => $$"""
        {
          "url": "{{url}}",
          "model": "facts-llama",
          "contextLength": 256,
          "concurrency": 3,
          "parameters": 1311872,
          "weightBytes": 820000{{(more.Length > 0 ? ", " + more : "")}}
        }
        """;
}
