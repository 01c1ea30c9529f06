using System.Runtime.InteropServices;
using Gate.Diagnostics;
using Gate.Models.Engines.Plugins;
using TorchSharp;

namespace Gate.Torch;

/// <summary>Libtorch, loaded once and in the order in which its parts need each other, so that whatever the loader refuses is told in its own words.</summary>
internal static partial class NativeLibraries
{
    private static readonly string[] Needed = ["torch_cpu", "torch", "LibTorchSharp"];

    // Sums on a GPU have one order only with workspaces of a fixed size; cuBLAS reads it when it is loaded. TorchSharp has no switch for deterministic algorithms;
    // the operations of the engine that have others (scatters) are never given an index twice.
    private const string Workspace = "CUBLAS_WORKSPACE_CONFIG", FixedWorkspace = ":4096:8";

    // Threads that spin between operations take the cores from everything else, and from each other where there are fewer cores than threads.
    private const string Waiting = "OMP_WAIT_POLICY", Passive = "passive";

    /// <summary>Loads what is needed.</summary>
    /// <param name="folder">Absolute folder of the plug-in.</param>
    /// <exception cref="GateException">Exit 4 (GATE3303).</exception>
    public static void Load(string folder)
    {
        SetVariable(Workspace, FixedWorkspace);
        SetVariable(Waiting, Passive);
        foreach (string name in (string[])[Needed[0], .. NativeFiles.Find(folder, "torch_cuda") is null ? Array.Empty<string>() : ["torch_cuda"], .. Needed[1..]])
            Load(folder, name);
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            torch.backends.cuda.matmul.allow_tf32 = false;
            torch.backends.cudnn.allow_tf32 = false;
        }
        catch (Exception exception) when (exception is NotSupportedException or DllNotFoundException or EntryPointNotFoundException or TypeInitializationException)
        {
            throw Refused(folder, (exception.InnerException ?? exception).Message);
        }
    }

    private static void Load(string folder, string name)
    {
        string path = NativeFiles.Find(folder, name) ?? throw Refused(
            folder, $"{name} is in none of {string.Join(", ", NativeFiles.Places(folder))}");
        try
        {
            NativeLibrary.Load(path);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            throw Refused(path, exception.Message);
        }
    }

    private static GateException Refused(string path, string reason)
    {
        string told = reason.ReplaceLineEndings(" ").Trim();
        string remedy = told.Contains("GLIBC", StringComparison.Ordinal)
            ? "libtorch needs a newer C++ runtime (GLIBCXX_3.4.32, of GCC 13.2) than this system has: Debian 13, Ubuntu 24.04, Fedora 39, RHEL 10 and later have it, Debian 12 and Ubuntu 22.04 do not; run there, or in a container of one of them"
            : "install the engine again: gate engine install torch --cpu (or --cuda); 'gate doctor' tells whether it loads";
        return GateException.Input("GATE3303", $"{path}: the native libraries of the engine cannot be loaded: {told}", new SourceLocation(path), remedy);
    }

    // .NET keeps variables to itself on Unix; the native library asks the process.
    private static void SetVariable(string name, string value)
    {
        if (OperatingSystem.IsWindows())
            Environment.SetEnvironmentVariable(name, value);
        else
            _ = SetUnixVariable(name, value, 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetUnixVariable(string name, string value, int overwrite);
}
