namespace Gate.Core.Caching;

/// <summary>Where finished work is kept between runs.</summary>
public static class CacheFolder
{
    /// <summary>The folder in force: the option, else <c>GATE_CACHE_DIR</c>, else <c>gate</c> under the user's cache folder.</summary>
    /// <param name="option">The value of <c>--cache-dir</c>, or null.</param>
    /// <param name="environment">The process's variables.</param>
    /// <param name="workingFolder">Absolute folder that relative paths start from.</param>
    public static string Find(string? option, IReadOnlyDictionary<string, string> environment, string workingFolder)
    {
        if (option is { Length: > 0 })
            return Path.GetFullPath(option, workingFolder);
        if (Variable("GATE_CACHE_DIR") is { } folder)
            return Path.GetFullPath(folder, workingFolder);
        if (Variable("XDG_CACHE_HOME") is { } cache)
            return Path.Combine(Path.GetFullPath(cache, workingFolder), "gate");
        if (OperatingSystem.IsWindows())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "gate", "cache");
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return home.Length == 0 ? Path.Combine(Path.GetTempPath(), "gate-cache") : Path.Combine(home, ".cache", "gate");

        string? Variable(string name) => environment.TryGetValue(name, out string? value) && value.Length > 0 ? value : null;
    }
}
