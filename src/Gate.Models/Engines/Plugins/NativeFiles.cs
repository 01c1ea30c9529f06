using System.Runtime.InteropServices;

namespace Gate.Models.Engines.Plugins;

/// <summary>Native libraries in a plug-in's folder: beside its assembly, or below it as packages lay them out.</summary>
public static class NativeFiles
{
    /// <summary>The places that are searched, in order.</summary>
    public static IReadOnlyList<string> Places(string folder) => [folder, Path.Combine(folder, "runtimes", RuntimeInformation.RuntimeIdentifier, "native")];

    /// <summary>The path of a library, or null.</summary>
    /// <param name="folder">Absolute folder of the plug-in.</param>
    /// <param name="name">Its name without prefix and suffix.</param>
    public static string? Find(string folder, string name)
    {
        string file = OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";
        return Places(folder).SelectMany(place => new[] { Path.Combine(place, file), Path.Combine(place, name) }).FirstOrDefault(File.Exists);
    }
}
