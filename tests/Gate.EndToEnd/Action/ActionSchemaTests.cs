using System.Text.RegularExpressions;
using Gate.Tests;
using YamlDotNet.RepresentationModel;

namespace Gate.EndToEnd.Action;

/// <summary>What GitHub's documentation demands of a composite action, and what its security advice demands of this one.</summary>
public sealed partial class ActionSchemaTests
{
    private static readonly ActionDefinition _action = ActionDefinition.Load(Repository.PathOf("action.yml"));

    private static readonly string[] _topKeys = ["name", "description", "author", "branding", "inputs", "outputs", "runs"];
    private static readonly string[] _stepKeys = ["id", "name", "if", "shell", "run", "env", "uses", "with", "working-directory", "continue-on-error"];

    [Fact]
    public void Only_the_documented_keys_are_used()
    {
        Assert.Empty(Keys(_action.Root).Except(_topKeys));
        Assert.Equal("composite", ActionDefinition.Text((YamlMappingNode)_action.Root["runs"], "using"));
        Assert.All(_action.Steps, step => Assert.Empty(Keys(step).Except(_stepKeys)));
        Assert.All(_action.Inputs.Values, input => Assert.Empty(Keys(input).Except(["description", "required", "default", "deprecationMessage"])));
        Assert.All(_action.Outputs.Values, output => Assert.Empty(Keys(output).Except(["description", "value"])));
    }

    [Fact]
    public void Every_input_is_optional_described_and_in_kebab_case()
    {
        Assert.All(_action.Inputs, pair =>
        {
            Assert.Matches("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", pair.Key);
            Assert.NotEmpty(ActionDefinition.Text(pair.Value, "description")!);
            Assert.NotNull(ActionDefinition.Text(pair.Value, "default"));
        });
    }

    [Fact]
    public void Every_run_step_names_its_shell_and_has_no_expression_in_its_script()
    {
        Assert.All(_action.Steps.Where(step => ActionDefinition.Text(step, "run") is not null), step =>
        {
            Assert.Equal("bash", ActionDefinition.Text(step, "shell"));
            Assert.DoesNotContain("${{", ActionDefinition.Text(step, "run")!, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Every_action_of_others_is_pinned_by_commit() =>
        Assert.All(
            _action.Steps.Select(step => ActionDefinition.Text(step, "uses")).OfType<string>(),
            uses => Assert.Matches("^[a-z-]+/[a-z/-]+@[0-9a-f]{40}$", uses));

    [Fact]
    public void Every_expression_names_an_input_or_an_output_that_exists()
    {
        HashSet<string> steps = [.. _action.Steps.Select(step => ActionDefinition.Text(step, "id")).OfType<string>()];
        foreach (Match match in Reference().Matches(File.ReadAllText(Repository.PathOf("action.yml"))))
        {
            string[] parts = match.Value.Split('.');
            if (parts[0] == "inputs")
                Assert.Contains(parts[1], _action.Inputs.Keys);
            else
                Assert.Contains(parts[1], steps);
        }
    }

    [Fact]
    public void Every_input_reaches_a_script_or_a_condition()
    {
        string text = File.ReadAllText(Repository.PathOf("action.yml"));

        Assert.All(_action.Inputs.Keys, name => Assert.Contains($"inputs.{name} ", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_variable_a_script_reads_is_set_by_its_step()
    {
        foreach (YamlMappingNode step in _action.Steps.Where(step => ActionDefinition.Text(step, "run") is not null))
        {
            string script = ScriptName().Match(ActionDefinition.Text(step, "run")!).Groups[1].Value;
            HashSet<string> given = [.. ActionDefinition.Texts(step, "env").Keys];
            HashSet<string> read = [.. GateVariable().Matches(File.ReadAllText(Repository.PathOf("action", script))).Select(match => match.Value)];

            Assert.Empty(read.Except(given));
            Assert.Empty(given.Except(read).Except(["GATE_CACHE_DIR"]));
        }
    }

    private static IEnumerable<string> Keys(YamlMappingNode node) => node.Children.Keys.Select(key => ((YamlScalarNode)key).Value!);

    [GeneratedRegex(@"\b(inputs\.[a-z-]+|steps\.[a-z-]+\.outputs\.[a-z-]+)")]
    private static partial Regex Reference();

    [GeneratedRegex(@"action/([a-z]+\.sh)")]
    private static partial Regex ScriptName();

    [GeneratedRegex("GATE_(INPUT_[A-Z_]+|EXIT_CODE|CACHE_DIR)")]
    private static partial Regex GateVariable();
}
