namespace Gate.Diagnostics;

/// <summary>GATE33xx: engines that are plug-ins.</summary>
internal static class EngineDiagnostics
{
    /// <summary>The entries of this range, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticEntry> Entries { get; } =
    [
        new("GATE3301", "Engine not found",
            "engine.name (or --engine) asks for an engine that is a plug-in, and none of the folders where it may lie holds it.",
            "gate engine install torch --cpu or --cuda puts it where Gate looks; or name its folder in engine.folder or GATE_TORCH_PATH."),
        new("GATE3302", "Engine of another version",
            "The plug-in was made for another version of Gate, or its assembly cannot be loaded.",
            "Install the engine of this version: gate engine install torch."),
        new("GATE3303", "Native libraries cannot be loaded",
            "A library of the engine is missing or the system's loader refuses it; the message has the loader's words. Libtorch 2.10 needs GLIBCXX_3.4.32 (GCC 13.2), which Debian 12 and Ubuntu 22.04 do not have.",
            "Run on Debian 13, Ubuntu 24.04, Fedora 39, RHEL 10 or later, or in a container of one; install the engine again where a file is missing."),
        new("GATE3304", "Device not there",
            "engine.device names a GPU that the engine does not find: the processor-only libraries are installed, the driver is missing, or there are fewer.",
            "gate doctor lists what is found; gate engine install torch --cuda installs the libraries; engine.device: cpu runs without a GPU."),
        new("GATE3305", "Out of device memory",
            "The model does not fit the device even with one sequence at a time.",
            "Use bfloat16 or float16 (engine.dtype), a device with more memory, or the processor."),
        new("GATE3306", "Judged by an engine that is not bit-exact",
            "Answers of this engine are equal up to rounding, not bit for bit, whatever the batch and the machine. Both models were judged by the same engine, on the same device, in the same number format.",
            "Nothing; judge with engine.name: managed where the same bits are wanted everywhere."),
        new("GATE3307", "Engine cannot be installed",
            "gate engine install restores packages with dotnet, and dotnet is missing, a source does not answer, or there is no package for this platform.",
            "Read what dotnet says; install where the package sources can be reached and copy the folder, then name it in engine.folder or GATE_TORCH_PATH."),
    ];
}
