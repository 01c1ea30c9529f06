using System.Text.Json;
using Gate.Compression.Resumption;
using Gate.EndToEnd.Tool;

namespace Gate.EndToEnd.Endurance;

/// <summary>The cache as its user sees it: listed, verified, pruned, held to its size, and never believed when it is damaged.</summary>
public sealed class CacheTests : IDisposable
{
    private readonly GateTool _gate = new();

    public CacheTests()
    {
        RunFiles.FixTime(_gate);
        _gate.WriteGate(GateTool.SampleModel, limit: 20, more: ", \"decision\": { \"requirePower\": false }");
    }

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void Gate_cache_lists_verifies_and_prunes_and_a_flipped_bit_is_a_miss()
    {
        int code = _gate.Run("run").ExitCode;
        SortedDictionary<string, byte[]> expected = RunFiles.Final(_gate.PathOf("out"));
        JsonElement[] entries = Entries("list");
        Assert.Equal(["candidates", "items", "models"], entries.Select(entry => entry.GetProperty("kind").GetString()!).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(2, entries.Count(entry => entry.GetProperty("kind").GetString() == "items"));
        (int whole, int damaged) = Lines();
        Assert.True(whole > 40, $"{whole} lines");
        Assert.Equal(0, damaged);

        string journal = Directory.EnumerateFiles(Path.Combine(_gate.Cache, "items"), "*.journal", SearchOption.AllDirectories).First();
        byte[] bytes = File.ReadAllBytes(journal);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(journal, bytes);
        Assert.Equal((whole - 1, 1), Lines());
        ToolRun healed = _gate.Run("run").Ends(code);
        Assert.Equal(39, RunFiles.FromCache(healed));
        RunFiles.AreEqual(expected, RunFiles.Final(_gate.PathOf("out")));

        Assert.Equal(entries.Length, Entries("prune", "--max-size", "0").Length);
        Assert.Empty(Entries("list"));
        Assert.Equal(0, RunFiles.FromCache(_gate.Run("run").Ends(code)));
        RunFiles.AreEqual(expected, RunFiles.Final(_gate.PathOf("out")));
    }

    [Fact]
    public void After_a_run_the_cache_is_no_larger_than_its_limit()
    {
        _gate.Variables["GATE_CACHE_MAX_SIZE"] = "9 KB";
        _gate.Run("run");
        long bytes = Directory.EnumerateFiles(_gate.Cache, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        Assert.InRange(bytes, 1, 9000);
        _gate.Variables["GATE_CACHE_MAX_SIZE"] = "plenty";
        _gate.Run("run").Ends(2).Says("GATE_CACHE_MAX_SIZE", "plenty");
    }

    [Fact]
    public void Answers_that_somebody_put_into_a_cache_or_a_part_turn_no_breach_into_a_pass()
    {
        if (!OperatingSystem.IsLinux())
            return;
        _gate.WriteGate(GateTool.SampleModel, limit: 60, more: ", \"decision\": { \"requirePower\": false }");
        string[] worse = ["--recipe.quantize.bits", "2", "--recipe.quantize.groupSize", "128"];
        _gate.Run(["run", .. worse]).Ends(1);
        byte[] expected = RunFiles.Final(_gate.PathOf("out"))["results.json"];

        // Right checksums, in files that everybody may write.
        string[] forged = Forge(Path.Combine(_gate.Cache, "items"));
        foreach (string file in forged)
            File.SetUnixFileMode(file, (UnixFileMode)0x1B6);
        _gate.Run(["run", .. worse]).Ends(1).Says("GATE3109", "may write", "GATE_CACHE_KEY");
        Assert.Equal(expected, RunFiles.Final(_gate.PathOf("out"))["results.json"]);

        // The same in files of one's own, under a key.
        _gate.Variables["GATE_CACHE_KEY"] = "a key that is in no cache";
        _gate.Run(["run", .. worse]).Ends(1);
        Forge(Path.Combine(_gate.Cache, "items"));
        _gate.Run(["run", .. worse]).Ends(1);
        Assert.Equal(expected, RunFiles.Final(_gate.PathOf("out"))["results.json"]);

        _gate.Run(["run", "--shard", "1/1", .. worse]).Ends(0);
        Forge(_gate.PathOf("out", "shard-1-of-1"));
        _gate.Run(["merge", "out/shard-1-of-1", "--no-cache", .. worse]).Ends(4).Says("GATE3131", "GATE_CACHE_KEY");
        _gate.Variables.Remove("GATE_CACHE_KEY");
        File.SetUnixFileMode(_gate.PathOf("out", "shard-1-of-1"), (UnixFileMode)0x1FF);
        _gate.Run(["merge", "out/shard-1-of-1", "--no-cache", .. worse]).Ends(4).Says("GATE3133");
        _gate.Variables["GATE_CACHE_KEY"] = "short";
        _gate.Run("run").Ends(2).Says("GATE1010", "GATE_CACHE_KEY");
    }

    // Every answer becomes a right one, whatever checksum or code its line had.
    private static string[] Forge(string folder)
    {
        string[] files = Directory.GetFiles(folder, "*.journal", SearchOption.AllDirectories);
        foreach (string file in files)
        {
            IEnumerable<string> payloads = [.. File.ReadAllLines(file).Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..])];
            File.WriteAllLines(file, payloads.Select(payload => ChecksummedLine.Wrap(payload.Replace("\"Score\":0,", "\"Score\":1,", StringComparison.Ordinal))));
        }

        Assert.NotEmpty(files);
        return files;
    }

    private (int Intact, int Damaged) Lines()
    {
        JsonElement[] entries = Entries("verify");
        return (entries.Sum(entry => entry.GetProperty("intactLines").GetInt32()), entries.Sum(entry => entry.GetProperty("damagedLines").GetInt32()));
    }

    private JsonElement[] Entries(params string[] arguments)
    {
        using JsonDocument document = JsonDocument.Parse(_gate.Run(["cache", .. arguments, "--json"]).Ends(0).Out);
        return [.. document.RootElement.Clone().EnumerateArray()];
    }
}
