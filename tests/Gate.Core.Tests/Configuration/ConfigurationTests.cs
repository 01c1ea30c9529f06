using System.Text;
using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Evaluation.Chat;
using Gate.Tests;

namespace Gate.Core.Tests.Configuration;

public sealed class ConfigurationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-config-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_with_comments_and_trailing_commas_is_read()
    {
        GateConfiguration read = Read("""
            {
              // the model
              "model": "models/m",
              "thresholds": { "retention": 0.9, "tasks": { "my.task": { "maxForgotten": 0.05, } } },
            }
            """);
        Assert.Equal("models/m", read.Model!.Written);
        Assert.Equal(Path.Combine(_folder, "models", "m"), read.Model.Full);
        Assert.Equal(["thresholds.retention", "thresholds.tasks.my.task.maxForgotten"], read.Thresholds.Select(threshold => threshold.Key));
        Assert.Equal("my.task", read.Thresholds[1].Task);
        Assert.Equal(new SourceLocation("gate.json", 4, 19), read.Thresholds[0].Location);
    }

    [Fact]
    public void Questions_are_plain_prompts_unless_the_suite_says_otherwise()
    {
        ChatOptions read = Read("{ \"suite\": { \"limit\": 5 } }").Suite.Chat;
        Assert.Equal((ChatMode.Off, new DateOnly(2024, 7, 26)), (read.Mode, read.Settings.Today));
        read = Read("{ \"suite\": { \"chat\": \"auto\", \"chatDate\": \"2025-02-03\", \"chatVariables\": { \"enable_thinking\": false, \"effort\": \"low\" } } }").Suite.Chat;
        Assert.Equal((ChatMode.Auto, new DateOnly(2025, 2, 3)), (read.Mode, read.Settings.Today));
        Assert.Equal(["effort=low", "enable_thinking=false"], read.Settings.Variables.Select(variable => $"{variable.Key}={variable.Value}"));
    }

    [Theory]
    [InlineData("{ \"modle\": \"m\" }", "GATE1003", 1, 3, "'model'")]
    [InlineData("{\n \"thresholds\": {\n  \"retension\": 0.9 } }", "GATE1003", 3, 3, "'thresholds.retention'")]
    [InlineData("{ \"thresholds\": { \"tasks\": { \"x\": { \"retentoin\": 0.9 } } } }", "GATE1003", 1, 37, "'thresholds.tasks.x.retention'")]
    [InlineData("{ \"model\": \"a\", \"model\": \"b\" }", "GATE1004", 1, 17, "keep one")]
    [InlineData("{ \"thresholds\": { \"retention\": 95 } }", "GATE1006", 1, 32, "write 0.95")]
    [InlineData("{ \"thresholds\": { \"retention\": \"95%\" } }", "GATE1005", 1, 32, "write 0.95")]
    [InlineData("{ \"thresholds\": { \"retention\": \"0.95\" } }", "GATE1005", 1, 32, "write 0.95 without quotes")]
    [InlineData("{ \"thresholds\": { \"retention\": -0.1 } }", "GATE1006", 1, 32, "")]
    [InlineData("{ \"thresholds\": { \"retention\": true } }", "GATE1005", 1, 32, "")]
    [InlineData("{ \"thresholds\": { \"retention\": NaN } }", "GATE1002", 1, 32, "")]
    [InlineData("{ \"model\": 3 }", "GATE1005", 1, 12, "")]
    [InlineData("{ \"model\": null }", "GATE1005", 1, 12, "")]
    [InlineData("{ \"suite\": { \"tasks\": \"lama\" } }", "GATE1005", 1, 23, "[\"lama\"]")]
    [InlineData("{ \"suite\": { \"tasks\": [] } }", "GATE1008", 1, 23, "")]
    [InlineData("{ \"suite\": { \"limit\": 0 } }", "GATE1006", 1, 23, "")]
    [InlineData("{ \"suite\": { \"limit\": 1.5 } }", "GATE1005", 1, 23, "")]
    [InlineData("{ \"decision\": { \"rule\": \"pont\" } }", "GATE1006", 1, 25, "\"point\"")]
    [InlineData("{ \"recipe\": { \"quantize\": { \"bits\": 9 } } }", "GATE1006", 1, 37, "")]
    [InlineData("{ \"recipe\": { \"prune\": { \"pattern\": \"4:2\" } } }", "GATE1006", 1, 37, "2:4")]
    [InlineData("{ \"budget\": { \"compressionRate\": 0.5, \"bitsPerWeight\": 4 } }", "GATE1007", 1, 39, "keep one")]
    [InlineData("{ \"suite\": { \"tasks\": [3] } }", "GATE1005", 1, 24, "")]
    [InlineData("{ \"sweep\": { \"bits\": 4 } }", "GATE1005", 1, 22, "write [4]")]
    [InlineData("{ \"sweep\": { \"bits\": [4, true] } }", "GATE1005", 1, 26, "")]
    [InlineData("{ \"sweep\": { \"bits\": [4, 9] } }", "GATE1006", 1, 26, "")]
    [InlineData("{ \"sweep\": { \"sparsities\": [0.5, 1] } }", "GATE1006", 1, 34, "")]
    [InlineData("{ \"suite\": { \"chat\": true } }", "GATE1005", 1, 22, "")]
    [InlineData("{ \"suite\": { \"chat\": \"atuo\" } }", "GATE1006", 1, 22, "\"auto\"")]
    [InlineData("{ \"suite\": { \"chatDate\": \"26 Jul 2024\" } }", "GATE1005", 1, 26, "")]
    [InlineData("{ \"suite\": { \"chatDate\": \"2024-02-30\" } }", "GATE1005", 1, 26, "")]
    [InlineData("{ \"suite\": { \"chatVariables\": { \"messages\": \"x\" } } }", "GATE1006", 1, 33, "remove it")]
    [InlineData("{ \"engine\": { \"device\": \"cuda\" } }", "GATE1006", 1, 15, "engine.name")]
    [InlineData("{ \"suite\": { \"chatVariables\": { \"x\": 3 } } }", "GATE1005", 1, 38, "")]
    [InlineData("[]", "GATE1002", 1, 1, "")]
    [InlineData("{ \"model\": ", "GATE1002", 1, 12, "")]
    public void A_wrong_value_is_refused_with_its_place_and_the_remedy(string json, string code, int line, int column, string remedy)
    {
        GateException exception = Assert.Throws<GateException>(() => Read(json));
        Assert.Equal(code, exception.Diagnostic.Code);
        Assert.Equal(ExitCode.InvalidUsage, exception.ExitCode);
        Assert.Equal(new SourceLocation("gate.json", line, column), exception.Diagnostic.Location);
        Assert.Contains(remedy, exception.Diagnostic.Remedy ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Options_win_over_variables_and_variables_over_the_file()
    {
        const string Json = "{ \"thresholds\": { \"retention\": 0.9 }, \"suite\": { \"tasks\": [\"a\", \"b\", \"c\"], \"seed\": 1 }, \"model\": \"m\" }";
        Dictionary<string, string> variables = new() { ["GATE__THRESHOLDS__RETENTION"] = "0.8", ["GATE__suite__seed"] = "2", ["GATE_CACHE_DIR"] = "x" };
        GateConfiguration read = Read(Json, variables, new("thresholds.retention", "0.7"), new("suite.tasks", "lama,mcqa"), new("model", "other"));
        Assert.Equal(0.7, read.Thresholds.Single().Limit);
        Assert.Equal(2, read.Suite.Seed);
        Assert.Equal(["lama", "mcqa"], read.Suite.Tasks);
        Assert.Equal(Path.Combine(_folder, "other"), read.Model!.Full);
    }

    [Fact]
    public void Numbers_of_a_sweep_may_be_numbers_or_texts_and_count_once()
    {
        GateConfiguration read = Read("""{ "sweep": { "bits": [3, "4", 3], "sparsities": [0, 0.5, "0.50", "2:4"], "plan": { "bitsPerWeight": [3.5, "4"], "size": ["1 MiB", 2000000] } } }""");
        Assert.Equal([3, 4], read.Sweep!.Bits);
        Assert.Equal([0, 0.5, 0.5], read.Sweep.Zeros.Select(zeros => zeros.Share));
        Assert.Equal([3.5, 4], read.Sweep.Plans.Select(plan => plan.Budget.BitsPerWeight).OfType<double>());
        Assert.Equal([1 << 20, 2_000_000], read.Sweep.Plans.Select(plan => plan.Budget.Bytes).OfType<long>());
    }

    [Theory]
    [InlineData("thresholds.retention", "95", "option --thresholds.retention")]
    [InlineData("thresholds.retention", "NaN", "option --thresholds.retention")]
    [InlineData("thresholds.retenton", "0.9", "unknown key")]
    public void A_wrong_option_is_refused_by_name(string key, string value, string expected)
    {
        GateException exception = Assert.Throws<GateException>(() => Read("{}", [], new KeyValuePair<string, string>(key, value)));
        Assert.Contains(expected, exception.Diagnostic.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_key_of_the_table_can_be_set_by_an_option()
    {
        foreach (ConfigurationKey key in ConfigurationKeys.All)
        {
            string path = key.Path.Replace("*", "lama", StringComparison.Ordinal);
            GateException? refused = Record.Exception(() => Read("{}", [], new KeyValuePair<string, string>(path, "?"))) as GateException;
            Assert.NotEqual("GATE1003", refused?.Diagnostic.Code);
        }
    }

    [Fact]
    public void The_schema_and_the_reference_page_are_those_of_the_table()
    {
        Assert.Equal(ConfigurationSchema.Render(), File.ReadAllText(Repository.PathOf("docs", "schemas", "v1", "gate.schema.json")));
        Assert.Equal(ConfigurationReference.Render(), File.ReadAllText(Repository.PathOf("docs", "reference", "configuration.md")));
    }

    [Fact]
    public void The_template_of_init_is_a_valid_configuration()
    {
        GateConfiguration read = Read(ConfigurationTemplate.Render("models/\"odd\" name"));
        Assert.Equal("models/\"odd\" name", read.Model!.Written);
        Assert.Equal(0.8125, read.Budget!.CompressionRate);
    }

    private GateConfiguration Read(string json, Dictionary<string, string>? variables = null, params KeyValuePair<string, string>[] options)
    {
        string path = Path.Combine(_folder, "gate.json");
        File.WriteAllText(path, json, new UTF8Encoding(false));
        return ConfigurationReader.Read(path, new ConfigurationSources(_folder, variables ?? [], [.. options]));
    }
}
