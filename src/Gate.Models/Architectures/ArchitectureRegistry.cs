using Gate.Diagnostics;
using Gate.Models.Checkpoints;

namespace Gate.Models.Architectures;

/// <summary>The families Gate knows, by <c>model_type</c>.</summary>
internal static class ArchitectureRegistry
{
    private static readonly Dictionary<string, IArchitecture> Families = new IArchitecture[]
    {
        new Llama(),
        new Mistral(),
        new Qwen2(),
        new Qwen3(),
    }.ToDictionary(architecture => architecture.Family, StringComparer.Ordinal);

    /// <summary>The names of all families, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Families.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The family a configuration names.</summary>
    /// <exception cref="GateException">Exit 4: a family Gate does not know.</exception>
    public static IArchitecture Find(ModelConfiguration configuration)
    {
        if (Families.TryGetValue(configuration.ModelType, out IArchitecture? architecture))
            return architecture;

        string nearest = NearestName.Find(configuration.ModelType, Names) is { } name ? $" (did you mean '{name}'?)" : "";
        throw GateException.Input(
            "GATE3080",
            $"model_type is '{configuration.ModelType}'{nearest}; the families Gate can run are: {string.Join(", ", Names)}",
            new SourceLocation(configuration.Path),
            "use a model of a supported family");
    }
}
