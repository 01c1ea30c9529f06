using System.Text.RegularExpressions;
using Gate.Tests;
using YamlDotNet.RepresentationModel;

namespace Gate.EndToEnd.Action;

/// <summary>The sample workflow uses the action as it is.</summary>
public sealed partial class WorkflowSampleTests
{
    private static readonly string Text = File.ReadAllText(Repository.PathOf("samples", "github-workflow", ".github", "workflows", "gate.yml"));
    private static readonly YamlMappingNode Action = Load(File.ReadAllText(Repository.PathOf("action.yml")));
    private static readonly YamlMappingNode Jobs = (YamlMappingNode)Load(Text)["jobs"];

    [Fact]
    public void It_shows_a_pull_request_gate_a_sharded_nightly_run_and_a_matrix_of_recipes() =>
        Assert.Equal(["pull-request", "nightly-part", "nightly", "recipes"], Jobs.Children.Keys.Select(key => $"{key}"));

    [Fact]
    public void Every_input_and_output_it_uses_exists()
    {
        HashSet<string> inputs = [.. ((YamlMappingNode)Action["inputs"]).Children.Keys.Select(key => $"{key}")];
        HashSet<string> outputs = [.. ((YamlMappingNode)Action["outputs"]).Children.Keys.Select(key => $"{key}")];
        YamlMappingNode[] gates = [.. Steps().Where(step => $"{step["uses"]}".StartsWith("gate-net/gate@", StringComparison.Ordinal))];

        Assert.Equal(4, gates.Length);
        foreach (YamlMappingNode gate in gates)
            Assert.All(((YamlMappingNode)gate["with"]).Children.Keys, key => Assert.Contains($"{key}", inputs));
        Assert.All(Output().Matches(Text), match => Assert.Contains(match.Groups[1].Value, outputs));
    }

    [Fact]
    public void Every_action_of_others_is_pinned_by_commit()
    {
        foreach (string uses in Steps().Select(step => $"{step["uses"]}").Where(uses => !uses.StartsWith("gate-net/", StringComparison.Ordinal)))
            Assert.Matches("^[a-z-]+/[a-z-]+@[0-9a-f]{40}$", uses);
    }

    [Fact]
    public void Every_part_is_joined()
    {
        string[] parts = [.. ((YamlSequenceNode)Jobs["nightly-part"]["strategy"]["matrix"]["part"]).Select(part => $"{part}")];
        YamlMappingNode join = Steps("nightly").Single(step => $"{step["uses"]}".StartsWith("gate-net/", StringComparison.Ordinal));
        Assert.Equal(parts.Select(part => $"parts/part-{part}"), $"{join["with"]["merge"]}".Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains($"${{{{ matrix.part }}}}/{parts.Length}", Text, StringComparison.Ordinal);
        Assert.Contains($"-of-{parts.Length}", Text, StringComparison.Ordinal);
    }

    private static IEnumerable<YamlMappingNode> Steps(string? job = null) => Jobs.Children
        .Where(pair => job is null || $"{pair.Key}" == job)
        .SelectMany(pair => (YamlSequenceNode)pair.Value["steps"]).Cast<YamlMappingNode>().Where(step => step.Children.ContainsKey("uses"));

    private static YamlMappingNode Load(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    [GeneratedRegex(@"steps\.gate\.outputs\.([a-z-]+)")]
    private static partial Regex Output();
}
