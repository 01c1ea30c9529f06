namespace Gate.Tests;

/// <summary>Finds files of the repository from a test, wherever the test's binaries lie.</summary>
internal static class Repository
{
    /// <summary>The folder that holds <c>Gate.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path below the repository's root.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A path below <c>tests/Fixtures</c>.</summary>
    public static string Fixture(params string[] parts) => Path.Combine([Root, "tests", "Fixtures", .. parts]);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Gate.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"no Gate.sln above {AppContext.BaseDirectory}");
    }
}
