using System.Reflection;
using System.Runtime.Loader;

namespace Gate.Models.Engines.Plugins;

/// <summary>Where a plug-in's assemblies are loaded: Gate's own are the tool's, all others come from the plug-in's folder and meet none of the tool's.</summary>
internal sealed class PluginLoadContext(string assembly) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(assembly))
{
    private readonly string _folder = Path.GetDirectoryName(assembly)!;

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name!.StartsWith("Gate.", StringComparison.Ordinal) && assemblyName.Name != Name)
            return null;
        string path = Path.Combine(_folder, $"{assemblyName.Name}.dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        NativeFiles.Find(_folder, unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
