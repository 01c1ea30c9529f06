using YamlDotNet.RepresentationModel;

namespace Gate.EndToEnd.Action;

/// <summary>An <c>action.yml</c> as YamlDotNet reads it, with the few accesses the runner and the checks need.</summary>
internal sealed class ActionDefinition
{
    private readonly YamlMappingNode _root;

    private ActionDefinition(YamlMappingNode root) => _root = root;

    public static ActionDefinition Load(string path)
    {
        YamlStream stream = [];
        using StreamReader reader = new(path);
        stream.Load(reader);
        return new ActionDefinition((YamlMappingNode)stream.Documents[0].RootNode);
    }

    public YamlMappingNode Root => _root;

    public IReadOnlyDictionary<string, YamlMappingNode> Inputs => Mappings(_root, "inputs");

    public IReadOnlyDictionary<string, YamlMappingNode> Outputs => Mappings(_root, "outputs");

    public IReadOnlyList<YamlMappingNode> Steps =>
        [.. ((YamlSequenceNode)((YamlMappingNode)_root["runs"])["steps"]).Cast<YamlMappingNode>()];

    /// <summary>The text under a key, or null.</summary>
    public static string? Text(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) ? ((YamlScalarNode)value).Value : null;

    /// <summary>The texts of a nested mapping; empty when it is absent.</summary>
    public static IReadOnlyDictionary<string, string> Texts(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value)
            ? ((YamlMappingNode)value).Children.ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => ((YamlScalarNode)pair.Value).Value ?? "")
            : new Dictionary<string, string>();

    private static Dictionary<string, YamlMappingNode> Mappings(YamlMappingNode node, string key) =>
        ((YamlMappingNode)node[key]).Children.ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => (YamlMappingNode)pair.Value);
}
