using System.Runtime.InteropServices;

namespace Gate.Torch;

/// <summary>Memory of the current GPU, which libtorch's managed surface does not tell.</summary>
internal static partial class GpuMemory
{
    /// <summary>Free and whole memory in words behind a comma; empty where the CUDA runtime is not to be asked.</summary>
    public static string Text()
    {
        try
        {
            return Query(out nuint free, out nuint total) == 0 ? $", {free >> 20} MiB free of {total >> 20} MiB" : "";
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return "";
        }
    }

    [LibraryImport("cudart", EntryPoint = "cudaMemGetInfo")]
    private static partial int Query(out nuint free, out nuint total);
}
