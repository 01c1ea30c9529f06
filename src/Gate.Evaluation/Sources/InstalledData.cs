namespace Gate.Evaluation.Sources;

/// <summary>
/// Where the data are that come with the program. They lie beside its assemblies, except that a folder with assemblies compiled ahead of time for one
/// platform (<c>tools/net10.0/linux-x64</c>) holds code only: its data are those of the folder for any platform (<c>tools/net10.0/any</c>).
/// </summary>
public static class InstalledData
{
    /// <summary>The folder with data of one kind.</summary>
    /// <param name="name">For example <c>suites</c>.</param>
    /// <returns>The full path.</returns>
    public static string Folder(string name)
    {
        string beside = Path.Combine(AppContext.BaseDirectory, name);
        string shared = Path.GetFullPath(Path.Combine("..", "any", name), AppContext.BaseDirectory);
        return !Directory.Exists(beside) && Directory.Exists(shared) ? shared : beside;
    }
}
