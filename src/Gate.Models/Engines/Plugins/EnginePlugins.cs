using System.Reflection;
using Gate.Diagnostics;
using Gate.Models.Engines.Managed;

namespace Gate.Models.Engines.Plugins;

/// <summary>Finds and loads engines.</summary>
public static class EnginePlugins
{
    /// <summary>The variable that names a folder of the plug-in on libtorch.</summary>
    public const string PathVariable = "GATE_TORCH_PATH";

    /// <summary>Where <c>gate engine install</c> puts a plug-in: below the user's folder of application data.</summary>
    public static string InstalledFolder(string name) => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } data ? data : Path.GetTempPath(),
        "gate", "engines", name);

    /// <summary>The engine of a selection.</summary>
    /// <param name="selection">What is asked for.</param>
    /// <param name="variable">Environment variables by name.</param>
    /// <exception cref="GateException">Exit 4: no plug-in (GATE3301), one of another version (GATE3302), or what it refuses.</exception>
    public static EngineFactory Open(EngineSelection selection, Func<string, string?> variable)
    {
        if (selection.Name == EngineSelection.ManagedName)
            return ManagedEngineFactory.Instance;
        (EnginePlugin plugin, string folder) = Load(selection, variable);
        return plugin.Open(folder, selection);
    }

    /// <summary>What a plug-in says about itself and the machine.</summary>
    /// <inheritdoc cref="Open"/>
    public static IEnumerable<(string Name, string Text)> Describe(EngineSelection selection, Func<string, string?> variable)
    {
        (EnginePlugin plugin, string folder) = Load(selection, variable);
        return [("folder", folder), .. plugin.Describe(folder)];
    }

    private static (EnginePlugin Plugin, string Folder) Load(EngineSelection selection, Func<string, string?> variable)
    {
        string file = $"Gate.{char.ToUpperInvariant(selection.Name[0])}{selection.Name[1..]}.dll";
        string[] places = selection.Folder is { } configured ? [configured]
            : variable(PathVariable) is { Length: > 0 } named ? [Path.GetFullPath(named)]
            : [Path.Combine(AppContext.BaseDirectory, "engines", selection.Name), InstalledFolder(selection.Name)];
        string path = places.Select(place => Path.Combine(place, file)).FirstOrDefault(File.Exists) ?? throw GateException.Input(
            "GATE3301", $"the engine '{selection.Name}' is not here: looked for {file} in {string.Join(" and in ", places)}", null,
            $"run 'gate engine install {selection.Name} --cpu' (or --cuda), or name a folder that has it in engine.folder or {PathVariable}");
        return (Create(path), Path.GetDirectoryName(path)!);
    }

    private static EnginePlugin Create(string path)
    {
        string own = typeof(EnginePlugins).Assembly.GetName().Version!.ToString(3);
        try
        {
            Assembly assembly = new PluginLoadContext(path).LoadFromAssemblyPath(path);
            Type type = assembly.GetExportedTypes().Single(type => type.IsSubclassOf(typeof(EnginePlugin)));
            EnginePlugin plugin = (EnginePlugin)Activator.CreateInstance(type)!;
            return plugin.CompiledContract == EnginePlugin.Contract
                ? plugin
                : throw Mismatch($"it was made for contract {plugin.CompiledContract}, this Gate {own} has {EnginePlugin.Contract}");
        }
        catch (Exception exception) when (exception is BadImageFormatException or FileLoadException or FileNotFoundException or TypeLoadException or MissingMethodException
            or InvalidOperationException or TargetInvocationException or ReflectionTypeLoadException)
        {
            throw Mismatch((exception.InnerException ?? exception).Message);
        }

        GateException Mismatch(string found) => GateException.Input(
            "GATE3302", $"{path}: expected an engine made for Gate {own}; {found}", new SourceLocation(path), "install the engine of this version: gate engine install torch");
    }
}
