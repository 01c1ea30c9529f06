using System.Reflection;
using Gate.Diagnostics;

namespace Gate.Tool.CommandLine;

/// <summary>
/// What the operating system would not do and no one nearer foresaw: a folder that cannot be listed, a disk that fails in the middle of a file, no descriptor or
/// no memory left. It is no defect of Gate, whichever line met it: exit code 4, with the system's own words, which name the path.
/// </summary>
internal static class SystemFault
{
    private const string MoreDescriptors = "raise the limit of open files (ulimit -n 1024, and more for a model in very many files), then run the same command again; it goes on where it stopped";

    /// <summary>The refusal that an exception stands for, or null when the exception is a defect.</summary>
    /// <param name="exception">What was thrown.</param>
    public static GateException? Find(Exception exception)
    {
        foreach (Exception cause in Causes(exception))
        {
            switch (cause)
            {
                case GateException known:
                    return Corrected(known);
                case OutOfMemoryException:
                    return GateException.Input(
                        "GATE3142", $"there is not enough memory: {Sentence(cause)}",
                        remedy: "set a limit with --memory, close other programs, or use a larger machine (gate run --dry-run predicts what a run takes); where memory is free, raise the limits of the process (ulimit -n, -u, -v)",
                        innerException: exception);
                case DllNotFoundException:
                    return GateException.Input(
                        "GATE3143", $"a native part of the program cannot be loaded: {Sentence(cause)}",
                        remedy: "raise the limit of open files (ulimit -n 1024), or install again", innerException: exception);
                case FileNotFoundException or FileLoadException when StorageFault.AssemblyOf(cause) is { } assembly:
                    string part = FileOf(assembly);
                    return IsWhole(part)
                        ? GateException.Input(
                            "GATE3143", $"'{part}' is there and cannot be opened, and the program needs it",
                            remedy: "raise the limit of open files (ulimit -n 1024), look at that disk, or install again", innerException: exception)
                        : null;
                case IOException when StorageFault.IsOutOfDescriptors(cause):
                    return GateException.Input("GATE3141", $"no file descriptor is left: {StorageFault.Words(cause)}", remedy: MoreDescriptors, innerException: exception);
                case not null when StorageFault.Is(cause):
                    return GateException.Input(
                        "GATE3140", $"the operating system reports: {StorageFault.Words(cause)}",
                        remedy: "look at that path: its permissions, a disk that is full or fails, a share that is gone; then run the same command again, it goes on where it stopped",
                        innerException: exception);
            }
        }

        return null;
    }

    // Outermost first: a refusal that was wrapped is still the refusal. Of several at the same time the first counts.
    private static IEnumerable<Exception> Causes(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
            yield return cause;
    }

    // Whoever refused a file knew what it was for. That the machine failed, and not the file or its name, has another remedy, and is never a wrong command line.
    private static GateException Corrected(GateException known)
    {
        if (known.InnerException is not { } inner)
            return known;
        if (Causes(inner).Any(StorageFault.IsOutOfDescriptors))
            return new GateException(known.Diagnostic with { Remedy = MoreDescriptors }, ExitCode.InputUnavailable, inner);
        return Causes(inner).Any(StorageFault.IsFailingDevice) ? new GateException(known.Diagnostic, ExitCode.InputUnavailable, inner) : known;
    }

    // Where the file of an assembly is, or would be.
    private static string FileOf(string assembly)
    {
        string own = Path.Combine(AppContext.BaseDirectory, assembly + ".dll");
        return File.Exists(own) ? own : Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location) ?? "", assembly + ".dll");
    }

    // A part that is missing or damaged is a broken installation, which the system cannot be blamed for. The loader says of both that there is no such file.
    private static bool IsWhole(string part)
    {
        try
        {
            return File.Exists(part) && AssemblyName.GetAssemblyName(part).Name is not null;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            return true;
        }
    }

    private static string Sentence(Exception cause) => cause.Message.ReplaceLineEndings(" ").TrimEnd(' ', '.');
}
