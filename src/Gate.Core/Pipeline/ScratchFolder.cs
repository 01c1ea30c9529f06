using Gate.Diagnostics;

namespace Gate.Core.Pipeline;

/// <summary>
/// A folder for what is as large as a model and needed for a moment only. It goes with its object; when the process was killed, the next one that makes a folder of the
/// same kind removes it.
/// </summary>
internal sealed class ScratchFolder : IDisposable
{
    // A file beside the folder that its process holds open: who can open it knows that the process is gone.
    private const string OwnerExtension = ".owner";
    private readonly FileStream _owner;

    /// <param name="kind">Start of the folder's name, in the temporary folder.</param>
    /// <exception cref="GateException">Exit 4 (GATE3140): the folder cannot be made.</exception>
    public ScratchFolder(string kind)
    {
        string parent = System.IO.Path.GetTempPath();
        RemoveAbandoned(parent, kind);
        Path = System.IO.Path.Combine(parent, $"{kind}-{UniqueName.Next()}");
        try
        {
            _owner = new FileStream(Path + OwnerExtension, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(Path);
            else
                Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            _owner?.Dispose();
            throw GateException.Input(
                "GATE3140", $"The temporary folder {Path} cannot be made: {StorageFault.Words(exception)}.", new SourceLocation(Path),
                "Free space in the temporary folder, or name another one in TMPDIR.", exception);
        }
    }

    /// <summary>Absolute path of the folder.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Delete(Path);
        _owner.Dispose();
    }

    private static void RemoveAbandoned(string parent, string kind)
    {
        try
        {
            foreach (string owner in Directory.GetFiles(parent, $"{kind}-*{OwnerExtension}"))
            {
                try
                {
                    using FileStream mine = new(owner, FileMode.Open, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
                    Delete(owner[..^OwnerExtension.Length]);
                }
                catch (Exception exception) when (StorageFault.Is(exception))
                {
                    // Its process lives, another one removes it at this moment, or it is another user's.
                }
            }
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            // What cannot be listed cannot be tidied; making the folder says what is wrong.
        }
    }

    private static void Delete(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            // Nothing reads it any more, and whatever led here is to be reported.
        }
    }
}
