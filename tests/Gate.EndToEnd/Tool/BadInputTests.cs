using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Gate.EndToEnd.Tool;

/// <summary>Everything a user or a stranger can get wrong: the exit code, the code, and what the message names.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly GateTool _gate = new();

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void A_missing_folder_is_refused_with_exit_2() => _gate.Run("run", "nowhere").Ends(2).Says("GATE1009", "nowhere");

    [Fact]
    public void A_missing_model_is_refused_with_exit_4()
    {
        _gate.WriteGate("no-model");
        _gate.Run("run").Ends(4).Says("GATE30", "no-model");
        Assert.Equal("*\n", File.ReadAllText(_gate.PathOf("out", ".gitignore")));
    }

    [Fact]
    public void A_truncated_checkpoint_is_refused_with_exit_4()
    {
        string weights = Damage();
        using (FileStream stream = File.OpenWrite(weights))
            stream.SetLength(stream.Length - 1000);
        _gate.Run("run").Ends(4).Says("GATE30", "model.safetensors");
    }

    [Fact]
    public void A_header_length_of_two_to_the_sixtieth_is_refused_with_exit_4()
    {
        string weights = Damage();
        byte[] bytes = File.ReadAllBytes(weights);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 1UL << 60);
        File.WriteAllBytes(weights, bytes);
        _gate.Run("run").Ends(4).Says("GATE30", "1152921504606846976");
    }

    [Fact]
    public void Overlapping_tensors_are_refused_with_exit_4()
    {
        RewriteHeader(header => header["model.norm.weight"]!["data_offsets"] = header["model.layers.0.input_layernorm.weight"]!["data_offsets"]!.DeepClone());
        _gate.Run("run").Ends(4).Says("GATE30");
    }

    [Fact]
    public void A_wrong_shape_is_refused_with_exit_4()
    {
        RewriteHeader(header => header["model.norm.weight"]!["shape"] = new JsonArray(127));
        _gate.Run("run").Ends(4).Says("GATE30", "model.norm.weight");
    }

    [Fact]
    public void Weights_that_are_not_numbers_are_refused_with_exit_4()
    {
        string weights = Damage();
        byte[] bytes = File.ReadAllBytes(weights);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(bytes.Length - 2), 0x7FC0);
        File.WriteAllBytes(weights, bytes);
        _gate.Run("run").Ends(4).Says("GATE");
    }

    [Fact]
    public void An_unknown_key_is_refused_with_place_and_nearest_key()
    {
        _gate.WriteGate(GateTool.SampleModel, more: ",\n  \"treshold\": 1");
        _gate.Run("run").Ends(2).Says("gate.json(6,3): error GATE1003:", "did you mean 'thresholds'?");
    }

    [Fact]
    [Trait("Complaint", "03")]
    public void A_threshold_of_95_is_refused_with_the_right_spelling()
    {
        _gate.Write("gate.json", "{ \"model\": \"m\",\n  \"thresholds\": { \"retention\": 95 } }");
        _gate.Run("run").Ends(2).Says("gate.json(2,32): error GATE1006:", "write 0.95");
    }

    [Fact]
    public void An_empty_task_file_is_refused()
    {
        _gate.Write("empty.jsonl", "");
        _gate.Write("empty.task.json", """{ "name": "empty", "title": "Empty", "kind": "closed-book-qa", "protocol": "test/qa@1", "data": "empty.jsonl", "prompt": "{question}", "metric": "exact_match" }""");
        _gate.WriteGate(GateTool.SampleModel, "\"empty.task.json\"");
        _gate.Run("run").Ends(4).Says("empty.jsonl");
    }

    [Fact]
    public void Duplicate_ids_are_refused_with_their_line()
    {
        _gate.Write("twice.jsonl", "{\"id\":\"a\",\"question\":\"x\",\"answers\":[\"y\"]}\n{\"id\":\"a\",\"question\":\"z\",\"answers\":[\"y\"]}\n");
        _gate.Write("twice.task.json", """{ "name": "twice", "title": "Twice", "kind": "closed-book-qa", "protocol": "test/qa@1", "data": "twice.jsonl", "prompt": "{question}", "metric": "exact_match" }""");
        _gate.WriteGate(GateTool.SampleModel, "\"twice.task.json\"");
        _gate.Run("run").Ends(4).Says("twice.jsonl(2");
    }

    [Fact]
    public void A_dense_model_at_chance_level_is_never_a_pass()
    {
        string weights = Damage(tasks: "\"mcqa\"", limit: 200);
        byte[] bytes = File.ReadAllBytes(weights);
        int start = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var random = new Random(7);
        for (int i = start; i + 1 < bytes.Length; i += 2)
        {
            float value = (float)(random.NextDouble() - 0.5) * 0.2f;
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(i), (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16));
        }

        File.WriteAllBytes(weights, bytes);
        ToolRun run = _gate.Run("run").Ends(4);
        Assert.Contains("chance", run.Out + run.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void An_unwritable_output_folder_is_noticed_before_the_work()
    {
        _gate.Write("blocked", "a file where a folder must be");
        _gate.WriteGate(GateTool.SampleModel, more: ",\n  \"reports\": { \"json\": \"blocked/results.json\" }");
        ToolRun run = _gate.Run("run").Ends(4).Says("GATE3101", "blocked");
        Assert.DoesNotContain("compressing", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_command_line_ends_with_2_and_names_the_nearest_command() =>
        _gate.Run("rnu").Ends(2).Says("GATE1011", "did you mean 'run'?");

    [Fact]
    public void A_recipe_that_misses_the_budget_is_refused_before_any_work()
    {
        _gate.WriteGate(GateTool.SampleModel);
        ToolRun run = _gate.Run("run", "--budget.compressionRate", "0.9").Ends(2).Says("GATE40");
        Assert.False(Directory.Exists(_gate.PathOf("out", "candidate")));
        Assert.DoesNotContain("asking", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data.jsonl", 4, "GATE5010")]
    [InlineData("own.task.json", 2, "GATE5001")]
    [InlineData("calibration.txt", 4, "GATE4050")]
    [InlineData("gate.baseline.json", 4, "GATE3130")]
    [InlineData("model/config.json", 4, "GATE3026")]
    [InlineData("model/model.safetensors", 4, "GATE3026")]
    [InlineData("model/tokenizer_config.json", 4, "GATE3026")]
    [InlineData("model/LICENSE", 4, "GATE40")]
    public void A_named_pipe_where_a_file_is_due_is_refused_and_not_waited_for(string place, int exitCode, string code)
    {
        if (!OperatingSystem.IsLinux())
            return;
        _gate.CopyModel();
        _gate.Write("data.jsonl", "{\"id\":\"a\",\"question\":\"x\",\"answers\":[\"y\"]}\n");
        _gate.Write("own.task.json", """{ "name": "own", "kind": "closed-book-qa", "protocol": "test/qa@1", "data": "data.jsonl", "prompt": "{question}" }""");
        _gate.Write("calibration.txt", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "suites", "facts", "calibration.txt")));
        _gate.Write("gate.json", """
            {
              "model": "model", "suite": { "tasks": ["own.task.json"] },
              "recipe": { "quantize": { "bits": 4, "groupSize": 32 }, "calibration": { "data": "calibration.txt", "samples": 4, "sequenceLength": 64 } },
              "decision": { "requirePower": false }, "baseline": { "mode": "ratchet" }
            }
            """);
        File.Delete(_gate.PathOf(place));
        using (var made = System.Diagnostics.Process.Start("mkfifo", [_gate.PathOf(place)]))
            made.WaitForExit();
        ToolRun run = _gate.RunAfter("ulimit -t 60", "run").Ends(exitCode).Says(code, "named pipe");
        Assert.Contains(Path.GetFileName(place), run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_takes_no_data_from_outside_its_folder_and_the_configurations_unless_a_key_allows_it()
    {
        _gate.Write("elsewhere/data.jsonl", "{\"id\":\"a\",\"question\":\"x\",\"answers\":[\"y\"]}\n");
        string task = """{ "name": "own", "kind": "closed-book-qa", "protocol": "test/qa@1", "data": "DATA", "prompt": "{question}" }""";
        _gate.Write("gates/tasks/own.task.json", task.Replace("DATA", "../../elsewhere/data.jsonl", StringComparison.Ordinal));
        _gate.Write("gates/gate.json", $$"""{ "model": "{{GateTool.SampleModel}}", "suite": { "tasks": ["tasks/own.task.json"] }, "decision": { "requirePower": false } }""");
        _gate.Run("compare", "-c", "gates", GateTool.SampleModel).Ends(2).Says("gates/tasks/own.task.json(1,", "GATE5018", "suite.allowOutsideData");
        _gate.Run("compare", "-c", "gates", GateTool.SampleModel, "--suite.allowOutsideData", "true");
        Assert.True(File.Exists(_gate.PathOf("gates", "out", "results.json")));
    }

    [Fact]
    public void Names_with_line_breaks_and_commands_of_terminals_and_CI_servers_are_shown_and_obeyed_by_nobody()
    {
        const string Name = "m\u001b[31m\n::error::pwned\r##vso[task.complete]";
        string model = _gate.CopyModel(Name);
        string task = $"t\n::error::pwned\u001b[2J.task.json";
        _gate.Write("d.jsonl", "{\"id\":\"a\",\"question\":\"x\\n  ::error::pwned\\u001b[31m\",\"answers\":[\"y\\r::error::pwned\"]}\n");
        _gate.Write(task, """{ "name": "own", "title": "a\n::error::pwned\u001b[31m", "notes": "##vso[x]\u202e", "kind": "closed-book-qa", "protocol": "p/q@1\n::error::pwned", "data": "d.jsonl", "prompt": "{question}" }""");
        _gate.WriteGate("unused", "\"factoid-qa\"", 4, ", \"decision\": { \"requirePower\": false }");
        List<string> said = [];
        foreach (ToolRun run in new[]
        {
            _gate.Run("run", "--model", model, "--log-file", "log.txt", "--outputs-file", "outputs.txt", "--log-format", "github", "-v"),
            _gate.Run("run", "--model", model, "--log-file", "log.txt", "--report-dir", Name),
            _gate.Run("run", "--model", Name + "/missing", "--log-file", "log.txt", "--log-format", "azure"),
            _gate.Run("tasks", task), _gate.Run("inspect", model), _gate.Run("explain", "x\n::error::pwned"), _gate.Run("run", Name, "--suite.tasks", "factoid-qa", "--suite.limit", "2"),
        })
        {
            said.AddRange([run.Out, run.Error]);
        }

        said.Add(File.ReadAllText(_gate.PathOf("log.txt")));
        said.Add(File.ReadAllText(_gate.PathOf("outputs.txt")));
        Assert.Contains("pwned", said[^2], StringComparison.Ordinal);
        Assert.All(said, text =>
        {
            Assert.DoesNotContain('\u001b', text);
            Assert.DoesNotContain('\r', text);
            Assert.DoesNotContain("##vso[task.complete", text, StringComparison.Ordinal);
            Assert.DoesNotContain(text.Split('\n'), line => line.TrimStart().StartsWith("::error::pwned", StringComparison.Ordinal));
        });
        _gate.Run("run", "--model", model, "--inputs-file", "inputs.txt").Ends(2).Says("GATE1010", "--inputs-file", "control character");
    }

    [Theory]
    [InlineData(2, "GATE2030", "--suite.limit", "20", "--thresholds.retention", "0.99")]
    [InlineData(4, "GATE3101", "--reports.json", "gate.json/results.json")]
    [InlineData(4, "GATE3130", "--baseline.mode", "ratchet", "--baseline.path", "gate.json")]
    [InlineData(2, "GATE40", "--budget.compressionRate", "0.99")]
    public void A_dry_run_refuses_what_the_run_refuses_with_the_same_code(int exitCode, string code, params string[] options)
    {
        _gate.WriteGate(GateTool.SampleModel);
        _gate.Run(["run", "--dry-run", .. options]).Ends(exitCode).Says(code);
        _gate.Run(["run", .. options]).Ends(exitCode).Says(code);
    }

    [Theory]
    [InlineData("\"suite\": { \"tasks\": [\"mcqa\",\n \"factoid\"] }", "gate.json(3,2): error GATE5007:", 2)]
    [InlineData("\"recipe\": { \"quantize\": { \"bits\": 4,\n \"groupSize\": 31 } }", "gate.json(3,2): error GATE4005:", 2)]
    [InlineData("\"recipe\": { \"quantize\": { \"bits\": 4,\n \"include\": [\"nothing.*\"] } }", "gate.json(3,14): error GATE4001:", 2)]
    [InlineData("\"recipe\": {\n \"prune\": { \"method\": \"wanda\", \"sparsity\": 0.5 } }", "gate.json(3,13): error GATE4052:", 2)]
    [InlineData("\"recipe\": { \"quantize\": { \"bits\": 4 } },\n \"model\": \"no-model\"", "gate.json(3,2): error GATE3001:", 4)]
    public void A_refusal_of_what_the_configuration_names_points_at_its_line(string keys, string place, int exitCode)
    {
        string model = keys.Contains("\"model\"", StringComparison.Ordinal) ? "" : $"\"model\": \"{GateTool.SampleModel}\", ";
        string recipe = keys.Contains("\"recipe\"", StringComparison.Ordinal) ? "" : "\"recipe\": { \"quantize\": { \"bits\": 4 } }, ";
        _gate.Write("gate.json", $"{{ {model}{recipe}\"decision\": {{ \"requirePower\": false }},\n{keys} }}");
        _gate.Run("run").Ends(exitCode).Says(place);
    }

    [Fact]
    public void Explain_without_a_code_lists_all_and_a_threshold_in_force_by_default_is_shown_as_such()
    {
        string listed = _gate.Run("explain").Ends(0).Out;
        Assert.Matches("(?m)^GATE1003 +Unknown key$", listed);
        Assert.Matches("(?m)^GATE9001 ", listed);
        _gate.Write("gate.json", "{ \"model\": \"m\" }");
        Assert.Matches("(?m)^thresholds.retention +0.95 +default, because no threshold is set$", _gate.Run("config", "--origins").Ends(0).Out);
        _gate.Write("gate.json", "{ \"model\": \"m\", \"thresholds\": { \"srcr\": 0.5, \"tasks\": { \"mcqa\": { \"retention\": 0.5 } } } }");
        Assert.Matches("(?m)^thresholds.retention +- +not set$", _gate.Run("config", "--origins").Ends(0).Out);
    }

    // A gate on a copy of the sample model; returns the copy's weight file.
    private string Damage(string tasks = "\"factoid-qa\"", int limit = 60)
    {
        string model = _gate.CopyModel();
        _gate.WriteGate("model", tasks, limit);
        return Path.Combine(model, "model.safetensors");
    }

    private void RewriteHeader(Action<JsonObject> change)
    {
        string weights = Damage();
        byte[] bytes = File.ReadAllBytes(weights);
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var header = (JsonObject)JsonNode.Parse(bytes.AsSpan(8, length))!;
        change(header);
        byte[] text = Encoding.UTF8.GetBytes(header.ToJsonString());
        byte[] count = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(count, (ulong)text.Length);
        File.WriteAllBytes(weights, [.. count, .. text, .. bytes.AsSpan(8 + length)]);
    }
}
