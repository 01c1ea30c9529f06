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
