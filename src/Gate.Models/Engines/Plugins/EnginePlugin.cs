namespace Gate.Models.Engines.Plugins;

/// <summary>The door of an engine that lies in an assembly of its own: its only type with a constructor without parameters that derives from this.</summary>
public abstract class EnginePlugin
{
    /// <summary>Rises with every change of what plug-in and tool ask of each other. A constant, so that a plug-in keeps the value it was compiled with.</summary>
    public const int Contract = 1;

    /// <summary>The contract it was compiled for: <see cref="Contract"/>.</summary>
    public abstract int CompiledContract { get; }

    /// <summary>Loads the native libraries and takes the device.</summary>
    /// <param name="folder">Absolute folder of the plug-in.</param>
    /// <param name="selection">What is asked for.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: a library the loader refuses (GATE3303), a device that is not there (GATE3304).</exception>
    public abstract EngineFactory Open(string folder, EngineSelection selection);

    /// <summary>Libraries with versions, devices, memory: names and texts for people.</summary>
    /// <param name="folder">Absolute folder of the plug-in.</param>
    /// <exception cref="Diagnostics.GateException">As <see cref="Open"/>.</exception>
    public abstract IEnumerable<(string Name, string Text)> Describe(string folder);
}
