using System.Text.Json;
using Gate.Tool.CommandLine;

namespace Gate.EndToEnd.Tool;

/// <summary>What every command has in common.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly GateTool _gate = new();

    public static TheoryData<string> Commands => [.. CommandDispatch.BuildAll().Subcommands.Select(command => command.Name)];

    public void Dispose() => _gate.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_has_help_and_refuses_an_option_that_is_none(string command)
    {
        ToolRun help = _gate.Run(command, "--help").Ends(0);
        Assert.Contains($"gate {command}", help.Out, StringComparison.Ordinal);
        Assert.Empty(help.Error);
        Assert.All(help.Out.Split('\n'), line => Assert.True(line.Length < 200, line));

        ToolRun refused = _gate.Run(command, "--no-such-option").Ends(2).Says("GATE1011", "'--no-such-option' is unknown", $"'gate {command} --help'");
        Assert.Empty(refused.Out);
    }

    [Fact]
    public void Help_is_there_however_it_is_asked_for()
    {
        string help = _gate.Run("--help").Ends(0).Out;
        Assert.Equal(help, _gate.Run().Ends(0).Out);
        Assert.Equal(help, _gate.Run("help").Ends(0).Out);
        Assert.Equal(_gate.Run("run", "--help").Ends(0).Out, _gate.Run("help", "run").Ends(0).Out);
    }

    [Theory]
    [InlineData("did you mean '--threads'?", "run", "--thraeds", "2")]
    [InlineData("did you mean '--report-dir'?", "run", "--reports-dir", "x")]
    [InlineData("did you mean 'inspect'?", "inspct")]
    [InlineData("it needs <model> (The model folder)", "inspect")]
    [InlineData("a command is missing", "--json")]
    public void A_wrong_command_line_is_told_in_words(string message, params string[] arguments) =>
        _gate.Run(arguments).Ends(2).Says("GATE1011", message);

    [Fact]
    public void What_stands_after_two_dashes_is_never_an_option() =>
        Assert.Contains("--json", _gate.Run("tokenize", GateTool.SampleModel, "--json", "--", "--json").Ends(0).Out, StringComparison.Ordinal);

    [Fact]
    public void Every_command_prints_one_JSON_document_when_asked_and_nothing_else_on_standard_output()
    {
        string model = GateTool.SampleModel;
        _gate.WriteGate(model);
        _gate.Write("sweep/gate.json", $$"""
            {
              "model": "{{model}}",
              "sweep": { "sparsities": ["0"], "bits": ["8", "2"] },
              "suite": { "tasks": ["factoid-qa"], "limit": 200 },
              "thresholds": { "retention": 0.5 }
            }
            """);
        _gate.Write("card.csv", "task,items,dense,candidate\na,100,0.7,0.69\n");
        (string[] Arguments, int Code)[] calls =
        [
            (["run"], 0), (["run", "--dry-run"], 0), (["run", "--shard", "1/2"], 0), (["run", "--shard", "2/2"], 0),
            (["merge", "out/shard-1-of-2", "out/shard-2-of-2"], 0), (["run", "--recipe.quantize.bits", "2"], 1),
            (["run"], 0), (["baseline", "update"], 0), (["report", "out/results.json"], 0), (["compress", "-o", "candidate"], 0),
            (["compare", model, "candidate"], 0), (["evaluate", model], 0), (["inspect", "candidate"], 0), (["tasks"], 0), (["tasks", "lama"], 0),
            (["tokenize", model, "Paris"], 0), (["score", model, "Paris is", " the"], 0), (["init", "--force", "--model", model], 0), (["schema"], 0),
            (["config"], 0), (["config", "--origins"], 0), (["doctor"], 0), (["engine", "path", "torch"], 0), (["completion", "bash"], 0), (["explain", "GATE2001"], 0),
            (["explain", "metric", "sr"], 0), (["explain", "threshold", "0.95", "--items", "100"], 0), (["audit", "card.csv"], 3), (["cache", "list"], 0), (["cache", "verify"], 0), (["cache", "path"], 0), (["cache", "prune"], 0),
            (["key"], 0), (["sweep", "sweep"], 0), (["--version"], 0),
        ];
        foreach ((string[] arguments, int code) in calls)
        {
            ToolRun run = _gate.Run([.. arguments, "--json"]).Ends(code);
            using JsonDocument document = JsonDocument.Parse(run.Out);
            Assert.True(document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array, string.Join(' ', arguments));
        }

        string[] named = [.. calls.Select(call => call.Arguments[0])];
        Assert.Empty(CommandDispatch.BuildAll().Subcommands.Select(command => command.Name).Except(named));
    }
}
