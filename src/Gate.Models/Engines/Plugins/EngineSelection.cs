namespace Gate.Models.Engines.Plugins;

/// <summary>Which engine judges and calibrates, as a configuration names it.</summary>
/// <param name="Name"><c>managed</c>, or the name of a plug-in.</param>
/// <param name="Device"><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
/// <param name="Format"><c>float32</c>, <c>bfloat16</c> or <c>float16</c>.</param>
/// <param name="Folder">Absolute folder of the plug-in, or null to look for it.</param>
public sealed record EngineSelection(string Name, string Device, string Format, string? Folder)
{
    /// <summary>The name of the engine inside the tool.</summary>
    public const string ManagedName = "managed";

    /// <summary>The name of the engine on libtorch.</summary>
    public const string TorchName = "torch";

    /// <summary>The format that fixtures are held in.</summary>
    public const string Single = "float32";

    /// <summary>The engine inside the tool.</summary>
    public static EngineSelection Managed { get; } = new(ManagedName, "cpu", Single, null);

    /// <summary>Names of all engines.</summary>
    public static IReadOnlyList<string> Names { get; } = [ManagedName, TorchName];

    /// <summary>Number formats of all engines.</summary>
    public static IReadOnlyList<string> Formats { get; } = [Single, "bfloat16", "float16"];
}
