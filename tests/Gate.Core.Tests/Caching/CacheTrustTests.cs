using Gate.Compression.Resumption;
using Gate.Core.Caching;
using Gate.Core.Pipeline;
using Gate.Core.Pipeline.Shards;
using Gate.Diagnostics;
using Gate.Numerics.Threading;

namespace Gate.Core.Tests.Caching;

/// <summary>A cache is as good as those who can write it; a key makes it as good as those who know the key.</summary>
public sealed class CacheTrustTests : IDisposable
{
    private static readonly CacheSeal Keyed = CacheSeal.Of("a key that nobody can guess");

    private readonly string _folder = Directory.CreateTempSubdirectory("gate-trust-").FullName;
    private readonly List<string> _told = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", 0x1FF, false)]
    [InlineData("", 0x1F8, false)]
    [InlineData("", 0x3FF, true)]
    [InlineData("items", 0x1FF, false)]
    [InlineData("items/a", 0x1F8, false)]
    [InlineData("items/a/FILE", 0x1B6, false)]
    [InlineData("items/a/FILE", 0x1B0, false)]
    [InlineData("items/a/FILE", 0x1A4, true)]
    public void Lines_in_a_place_that_others_may_write_are_not_believed_unless_they_are_sealed_with_a_key(string place, int mode, bool isBelieved)
    {
        if (!OperatingSystem.IsLinux())
            return;
        foreach (CacheSeal seal in new[] { CacheSeal.Unkeyed, Keyed })
        {
            Write(seal, "line");
            string path = Path.Combine(_folder, place).Replace("FILE", Path.GetFileName(Directory.GetFiles(Path.Combine(_folder, "items", "a")).Order(StringComparer.Ordinal).Last()), StringComparison.Ordinal);
            UnixFileMode before = File.GetUnixFileMode(path);
            File.SetUnixFileMode(path, (UnixFileMode)mode);
            (List<string> lines, int damaged) = Read(seal);
            File.SetUnixFileMode(path, before);
            Assert.Equal(isBelieved || seal.IsKeyed ? ["line"] : [], lines);
            Assert.Equal(isBelieved || seal.IsKeyed, _told.Count == 0);
            Assert.All(_told, reason => Assert.Contains(path, reason, StringComparison.Ordinal));
            _told.Clear();
            Directory.Delete(Path.Combine(_folder, "items"), recursive: true);
        }
    }

    [Fact]
    public void What_another_user_owns_is_not_believed()
    {
        // Only the administrator can give files away.
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            return;
        Write(CacheSeal.Unkeyed, "line");
        foreach (string path in Directory.EnumerateFileSystemEntries(_folder, "*", SearchOption.AllDirectories).ToArray())
        {
            using (var given = System.Diagnostics.Process.Start("chown", ["65534", path]))
                given.WaitForExit();
            Assert.Empty(Read(CacheSeal.Unkeyed).Lines);
            Assert.Contains("another user", Assert.Single(_told), StringComparison.Ordinal);
            _told.Clear();
            using (var taken = System.Diagnostics.Process.Start("chown", ["0", path]))
                taken.WaitForExit();
        }

        Assert.Single(Read(CacheSeal.Unkeyed).Lines);
    }

    [Fact]
    public void A_forged_line_with_a_right_checksum_counts_for_nothing_under_a_key()
    {
        Write(Keyed, "answer");
        string file = Directory.GetFiles(Path.Combine(_folder, "items", "a")).Single();
        string[] sealedLines = File.ReadAllLines(file);
        File.AppendAllLines(file, [ChecksummedLine.Wrap("forged"), sealedLines[0].Replace("answer", "forged", StringComparison.Ordinal), $"{new string('0', 64)} forged"]);
        (List<string> lines, int damaged) = Read(Keyed);
        Assert.Equal("answer", Assert.Single(lines));
        Assert.Equal(3, damaged);
        Assert.Empty(Read(CacheSeal.Of("another key of some length")).Lines);
        Assert.Equal(["forged"], Read(CacheSeal.Unkeyed).Lines);
    }

    [Fact]
    public void A_sealed_line_is_believed_in_its_place_only()
    {
        Write(Keyed, "answer");
        Directory.Move(Path.Combine(_folder, "items", "a"), Path.Combine(_folder, "items", "b"));
        using Journal moved = new CacheStore(_folder, Keyed).Open("items", "b");
        Assert.Empty(moved.Read().Lines);
    }

    [Fact]
    public void A_whole_file_is_sealed_and_kept_from_others_too()
    {
        string path = Path.Combine(_folder, "planning", "a", "measurement.json");
        foreach (CacheSeal seal in new[] { CacheSeal.Unkeyed, Keyed })
        {
            var store = new CacheStore(_folder, seal, _told.Add);
            store.WriteFile(path, "{\n}\n");
            Assert.Equal("{\n}\n", store.ReadFile(path));
        }

        File.WriteAllText(path, "{ }\n");
        Assert.Null(new CacheStore(_folder, Keyed).ReadFile(path));
        Assert.NotNull(new CacheStore(_folder).ReadFile(path));
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
        Assert.Null(new CacheStore(_folder, CacheSeal.Unkeyed, _told.Add).ReadFile(path));
        Assert.Contains(path, Assert.Single(_told), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_tells_once_that_it_does_not_use_a_cache_that_others_may_write_and_makes_one_that_they_may_not()
    {
        if (OperatingSystem.IsWindows())
            return;
        List<RunEvent> events = [];
        string made = Path.Combine(_folder, "new", "cache");
        Assert.NotNull(Context(made, null, events).Cache);
        Assert.Null(OwnFiles.Distrust(made));
        File.SetUnixFileMode(made, (UnixFileMode)0x1FF);
        Assert.Null(Context(made, null, events).Cache);
        Assert.NotNull(Context(made, Keyed, events).Cache);
        var noted = Assert.IsType<RunNoted>(Assert.Single(events));
        Assert.Equal(("GATE3109", Severity.Warning), (noted.Diagnostic.Code, noted.Diagnostic.Severity));
        Assert.Contains("GATE_CACHE_KEY", noted.Diagnostic.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_of_a_run_that_others_may_have_written_is_refused()
    {
        if (OperatingSystem.IsWindows())
            return;
        Write(CacheSeal.Unkeyed, "answer");
        File.SetUnixFileMode(_folder, (UnixFileMode)0x1FF);
        var cache = new CacheStore(Directory.CreateTempSubdirectory("gate-trust-to-").FullName);
        GateException refused = Assert.Throws<GateException>(() => ShardFolder.Import(_folder, "part", cache));
        Assert.Equal(("GATE3133", ExitCode.InputUnavailable), (refused.Diagnostic.Code, refused.ExitCode));
        refused = Assert.Throws<GateException>(() => ShardFolder.Import(_folder, "part", cache with { Seal = Keyed }));
        Assert.Equal("GATE3131", refused.Diagnostic.Code);
        File.SetUnixFileMode(_folder, (UnixFileMode)0x1C0);
        Assert.Equal(1, ShardFolder.Import(_folder, "part", cache));
        Directory.Delete(cache.Folder, recursive: true);
    }

    [Fact]
    public void A_key_that_can_be_guessed_is_refused() =>
        Assert.Equal("GATE1010", Assert.Throws<GateException>(() => CacheSeal.Of("short")).Diagnostic.Code);

    private static RunContext Context(string cache, CacheSeal? seal, List<RunEvent> events) => new(
        cache, cache, new ComputeThreads(1), TimeProvider.System, null, new Told(events), CancellationToken.None, seal);

    private void Write(CacheSeal seal, string line)
    {
        using Journal journal = new CacheStore(_folder, seal).Open("items", "a");
        journal.Append([line]);
    }

    private (List<string> Lines, int Damaged) Read(CacheSeal seal)
    {
        using Journal journal = new CacheStore(_folder, seal, _told.Add).Open("items", "a");
        return journal.Read();
    }

    private sealed class Told(List<RunEvent> events) : IProgress<RunEvent>
    {
        public void Report(RunEvent value) => events.Add(value);
    }
}
