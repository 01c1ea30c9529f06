using System.Text.RegularExpressions;
using Gate.EndToEnd.Tool;

namespace Gate.EndToEnd.Endurance;

/// <summary>What a run leaves behind, byte by byte.</summary>
internal static partial class RunFiles
{
    /// <summary>The time that stands for the run's, so that equal inputs give equal bytes.</summary>
    public static void FixTime(GateTool gate) => gate.Variables["SOURCE_DATE_EPOCH"] = "1700000000";

    /// <summary>Every file below a folder that has its final name, as relative path and bytes; temporary files and folders are left out.</summary>
    public static SortedDictionary<string, byte[]> Final(string folder)
    {
        SortedDictionary<string, byte[]> files = new(StringComparer.Ordinal);
        if (!Directory.Exists(folder))
            return files;
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(folder, path);
            if (!name.EndsWith(".tmp", StringComparison.Ordinal) && !name.Contains(".partial", StringComparison.Ordinal) && !name.Contains(".resume", StringComparison.Ordinal) && !name.EndsWith(".gate.lock", StringComparison.Ordinal))
                files[name] = File.ReadAllBytes(path);
        }

        return files;
    }

    /// <summary>Fails unless both have the same files with the same bytes.</summary>
    public static void AreEqual(SortedDictionary<string, byte[]> expected, SortedDictionary<string, byte[]> actual)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        AreWhole(expected, actual);
    }

    /// <summary>Fails unless every file that is there has the expected bytes.</summary>
    public static void AreWhole(SortedDictionary<string, byte[]> expected, SortedDictionary<string, byte[]> actual)
    {
        foreach ((string name, byte[] bytes) in actual)
            Assert.True(expected.TryGetValue(name, out byte[]? whole) && whole.AsSpan().SequenceEqual(bytes), $"{name} is not as an uninterrupted run leaves it");
    }

    /// <summary>Answers that a run took from the cache, both models together.</summary>
    public static int FromCache(ToolRun run) =>
        CacheLine().Matches(run.Error).Sum(match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Whole lines in a cache's item journals.</summary>
    public static int KeptAnswers(string cache)
    {
        string items = Path.Combine(cache, "items");
        return !Directory.Exists(items) ? 0
            : Directory.EnumerateFiles(items, "*.journal", SearchOption.AllDirectories).Sum(file => File.ReadAllBytes(file).Count(b => b == '\n'));
    }

    [GeneratedRegex(@": (\d+)/\d+ answers from cache")]
    private static partial Regex CacheLine();
}
