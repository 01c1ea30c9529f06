using Gate.EndToEnd.Tool;

namespace Gate.EndToEnd.Endurance;

/// <summary>Parts of a run on several machines, joined to the bytes of one run.</summary>
public sealed class ShardTests : IDisposable
{
    private readonly GateTool _gate = new();

    public ShardTests() => RunFiles.FixTime(_gate);

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void Parts_of_a_run_are_joined_to_the_bytes_of_one_run_and_a_missing_part_is_refused()
    {
        _gate.WriteGate(GateTool.SampleModel, "\"lama\", \"mcqa\"", limit: 40);
        _gate.Run("run").Ends(0);
        SortedDictionary<string, byte[]> expected = RunFiles.Final(_gate.PathOf("out"));
        Directory.Delete(_gate.PathOf("out"), recursive: true);
        for (int part = 1; part <= 3; part++)
        {
            _gate.Run("run", "--shard", $"{part}/3", "--no-cache").Ends(0);
            Directory.Move(_gate.PathOf("out", $"shard-{part}-of-3"), _gate.PathOf($"part{part}"));
            Assert.False(File.Exists(_gate.PathOf("out", "results.json")));
        }

        _gate.Run("merge", "part1", "part3", "--no-cache").Ends(4).Says("GATE3132");
        _gate.Run("merge", "part3", "part1", "part2", "--no-cache").Ends(0);
        RunFiles.AreEqual(expected, RunFiles.Final(_gate.PathOf("out")));
        _gate.Run("run", "--shard", "4/3").Ends(2);
        _gate.Run("merge", "nowhere", "--no-cache").Ends(4).Says("GATE3131");
    }
}
