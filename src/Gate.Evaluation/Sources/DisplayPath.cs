namespace Gate.Evaluation.Sources;

/// <summary>How messages show a path.</summary>
internal static class DisplayPath
{
    /// <summary>Relative to the working folder when the file lies below it, otherwise as it is; <c>/</c> between folders.</summary>
    public static string Of(string path)
    {
        string relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        string shown = relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative) ? path : relative;
        return shown.Replace('\\', '/');
    }
}
