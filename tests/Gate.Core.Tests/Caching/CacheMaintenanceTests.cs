using Gate.Core.Caching;

namespace Gate.Core.Tests.Caching;

public sealed class CacheMaintenanceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-cache-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_used_longest_ago_goes_first_until_the_rest_fits()
    {
        string[] names = ["a", "b", "c", "d"];
        foreach (string name in names)
            Write(name, new string('x', 100));
        for (int i = 0; i < names.Length; i++)
            Age(names[i], hours: 10 - i);
        using (var used = new Journal(PathOf("a")))
            Assert.Single(used.Read().Lines);
        long each = CacheMaintenance.List(_folder)[0].Bytes;
        Assert.Equal(["b", "c"], CacheMaintenance.Prune(_folder, 2 * each).Select(entry => entry.Name));
        Assert.Equal(["d", "a"], CacheMaintenance.List(_folder).Select(entry => entry.Name));
        Assert.Empty(CacheMaintenance.Prune(_folder, 2 * each));
        Assert.Equal(2, CacheMaintenance.Prune(_folder, 0).Length);
        Assert.Empty(CacheMaintenance.List(_folder));
    }

    [Fact]
    public void Nothing_that_the_cache_did_not_write_is_ever_removed()
    {
        Write("a", "x");
        string foreign = Path.Combine(PathOf("a"), "thesis.txt");
        File.WriteAllText(foreign, "precious");
        CacheMaintenance.Prune(_folder, 0);
        Assert.True(File.Exists(foreign));
        Assert.Empty(CacheMaintenance.List(_folder));
    }

    [Fact]
    public void Verify_counts_damaged_lines_and_a_missing_cache_is_an_empty_one()
    {
        Write("a", "one");
        Write("a", "two");
        string file = Directory.EnumerateFiles(PathOf("a")).First();
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^2] ^= 1;
        File.WriteAllBytes(file, bytes);
        CacheCheck check = Assert.Single(CacheMaintenance.Verify(new CacheStore(_folder)));
        Assert.Equal((1, 1), (check.Intact, check.Damaged));
        Assert.Empty(CacheMaintenance.Verify(new CacheStore(Path.Combine(_folder, "nowhere"))));
    }

    [Fact]
    public void A_finished_measurement_is_listed_verified_and_removed_with_its_journal()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "planning", "m")).FullName, file = Path.Combine(folder, CacheMaintenance.MeasurementFile);
        using (var journal = new Journal(folder))
            journal.Append(["one"]);
        long lines = Assert.Single(CacheMaintenance.List(_folder)).Bytes;
        File.WriteAllText(file, "{ \"units\": [] }");
        CacheCheck whole = Assert.Single(CacheMaintenance.Verify(new CacheStore(_folder)));
        Assert.Equal((2, 0, lines + 15), (whole.Intact, whole.Damaged, whole.Entry.Bytes));
        File.WriteAllText(file, "{ \"units\": [");
        CacheCheck cut = Assert.Single(CacheMaintenance.Verify(new CacheStore(_folder)));
        Assert.Equal((1, 1), (cut.Intact, cut.Damaged));
        Assert.Single(CacheMaintenance.Prune(_folder, 0));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_a_miss_and_the_others_are_read()
    {
        Write("a", "one");
        Directory.CreateDirectory(Path.Combine(PathOf("a"), "0.journal"));
        File.CreateSymbolicLink(Path.Combine(PathOf("a"), "1.journal"), PathOf("a"));
        using var journal = new Journal(PathOf("a"));
        Assert.Equal(["one"], journal.Read().Lines);
    }

    private string PathOf(string name) => Path.Combine(_folder, "items", name);

    private void Write(string name, string line)
    {
        using var journal = new Journal(PathOf(name));
        journal.Append([line]);
    }

    private void Age(string name, int hours)
    {
        DateTime time = DateTime.UtcNow.AddHours(-hours);
        foreach (string file in Directory.EnumerateFiles(PathOf(name)))
            File.SetLastWriteTimeUtc(file, time);
        Directory.SetLastWriteTimeUtc(PathOf(name), time);
    }
}
