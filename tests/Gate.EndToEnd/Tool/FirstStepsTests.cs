using System.Text.Json;

namespace Gate.EndToEnd.Tool;

/// <summary>What a new user does first: write a configuration, look at a model, look at its tokens.</summary>
public sealed class FirstStepsTests : IDisposable
{
    private readonly GateTool _gate = new();

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void Init_writes_a_configuration_that_runs_and_a_schema_that_the_editor_finds()
    {
        _gate.CopyModel("models/dense");

        Assert.Contains("next: gate run", _gate.Run("init").Ends(0).Out, StringComparison.Ordinal);

        string gate = File.ReadAllText(_gate.PathOf("gate.json"));
        Assert.Contains("\"$schema\": \"gate.schema.json\"", gate, StringComparison.Ordinal);
        Assert.Equal(_gate.Run("schema").Ends(0).Out, File.ReadAllText(_gate.PathOf("gate.schema.json")));
        string config = _gate.Run("config").Ends(0).Out;
        Assert.Contains("models/dense", config, StringComparison.Ordinal);
        ToolRun run = _gate.Run("run", "--suite.tasks", "factoid-qa", "--suite.limit", "400", "--thresholds.retention", "0.7").Ends(0);
        Assert.Contains("Passed:", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Init_never_overwrites_and_never_asks()
    {
        _gate.Write("gate.json", "mine");
        _gate.Run("init").Ends(2).Says("GATE1012", "--force");
        Assert.Equal("mine", File.ReadAllText(_gate.PathOf("gate.json")));
        _gate.Run("init", "--force").Ends(0);
        Assert.NotEqual("mine", File.ReadAllText(_gate.PathOf("gate.json")));
    }

    [Fact]
    public void Init_refuses_a_model_that_is_none_and_says_what_to_do_when_there_is_none_yet()
    {
        _gate.Run("init", "--model", "nowhere").Ends(4).Says("nowhere: error GATE3001: expected a model folder");
        Assert.False(File.Exists(_gate.PathOf("gate.json")));
        Assert.Contains("put your model at models/dense", _gate.Run("init").Ends(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_Gate_cannot_run_gets_no_configuration_and_is_inspected_all_the_same()
    {
        string model = _gate.CopyModel("models/dense");
        string config = Path.Combine(model, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"model_type\": \"llama\"", "\"model_type\": \"walrus\"", StringComparison.Ordinal));
        _gate.Run("init").Ends(4).Says("GATE3080", "walrus");
        _gate.Run("init", "--model", "models/dense").Ends(4).Says("GATE3080");
        Assert.False(File.Exists(_gate.PathOf("gate.json")));
        string said = _gate.Run("inspect", "models/dense").Ends(0).Out;
        Assert.Matches(@"(?m)^model\.layers\.0\.mlp\.down_proj\.weight +128x384 +BFloat16 +16 ", said);
        Assert.Contains("walrus, which Gate cannot run", said, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^parameters +1311872", said);
    }

    [Fact]
    public void Inspect_tells_layers_bits_sparsity_and_the_recipe_of_a_candidate()
    {
        string dense = _gate.Run("inspect", GateTool.SampleModel).Ends(0).Out;
        Assert.Matches(@"(?m)^model\.layers\.0\.mlp\.down_proj +128x384 +BFloat16 +16 ", dense);
        Assert.Matches(@"(?m)^parameters +1311872", dense);
        Assert.Matches("(?m)^recipe +unknown", dense);

        _gate.WriteGate(GateTool.SampleModel);
        _gate.Run("compress", "--recipe.prune.method", "magnitude", "--recipe.prune.sparsity", "0.5", "-o", "candidate").Ends(0);
        JsonElement candidate = JsonDocument.Parse(_gate.Run("inspect", "candidate", "--json").Ends(0).Out).RootElement;
        Assert.Equal(JsonValueKind.String, candidate.GetProperty("recipe").ValueKind);
        JsonElement layer = candidate.GetProperty("layers")[0];
        Assert.Equal("model.layers.0.self_attn.q_proj", layer.GetProperty("name").GetString());
        Assert.Equal(4, layer.GetProperty("bits").GetDouble());
        Assert.InRange(layer.GetProperty("sparsity").GetDouble(), 0.49, 0.65);
        Assert.NotEqual(
            JsonDocument.Parse(_gate.Run("inspect", GateTool.SampleModel, "--json").Ends(0).Out).RootElement.GetProperty("weightsHash").GetString(),
            candidate.GetProperty("weightsHash").GetString());
    }

    [Fact]
    public void Tokenize_gives_ids_and_pieces_and_takes_ids_back()
    {
        const string Text = "Paris is the capital";
        string output = _gate.Run("tokenize", GateTool.SampleModel, Text).Ends(0).Out;
        Assert.Matches("(?m)^[0-9]+ +[0-9]+ +Ġcapital$", output);

        JsonElement tokens = JsonDocument.Parse(_gate.Run("tokenize", GateTool.SampleModel, Text, "--json").Ends(0).Out).RootElement;
        int[] ids = [.. tokens.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
        string[] pieces = [.. tokens.GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString()!)];
        Assert.Equal(Text, string.Concat(pieces).Replace('Ġ', ' '));
        JsonElement back = JsonDocument.Parse(
            _gate.Run("tokenize", GateTool.SampleModel, "--ids", string.Join(',', ids), "--json").Ends(0).Out).RootElement;
        Assert.Equal(Text, back.GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("--ids must be whole numbers", "--ids", "5,x")]
    [InlineData("outside the vocabulary of 4096", "--ids", "99999999")]
    [InlineData("either a text or --ids")]
    public void Tokenize_refuses_what_it_cannot_read(string message, params string[] arguments) =>
        _gate.Run([.. (string[])["tokenize", GateTool.SampleModel], .. arguments]).Ends(2).Says(message);
}
