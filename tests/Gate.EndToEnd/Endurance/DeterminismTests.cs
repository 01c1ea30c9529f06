using Gate.EndToEnd.Tool;

namespace Gate.EndToEnd.Endurance;

/// <summary>The same results byte by byte whatever the threads, the width of the vectors, and the order in which the items were asked.</summary>
public sealed class DeterminismTests : IDisposable
{
    private readonly GateTool _gate = new();

    public DeterminismTests()
    {
        RunFiles.FixTime(_gate);
        _gate.WriteGate(GateTool.SampleModel, "\"lama\", \"factoid-qa\", \"mcqa\", \"incontext-qa\"", limit: 24);
    }

    public void Dispose() => _gate.Dispose();

    [Fact]
    [Trait("Complaint", "22")]
    public void Threads_vector_width_and_batches_change_no_byte()
    {
        SortedDictionary<string, byte[]> expected = Run("--threads", "2");
        RunFiles.AreEqual(expected, Run("--threads", "1"));
        _gate.Variables["DOTNET_EnableAVX512"] = "0";
        _gate.Variables["DOTNET_EnableAVX512F"] = "0";
        RunFiles.AreEqual(expected, Run());

        // Answers of a smaller sample first: the rest is asked in other batches and another order.
        Directory.Delete(_gate.PathOf("out"), recursive: true);
        foreach (string limit in new[] { "3", "10", "17" })
            _gate.Run("run", "--suite.limit", limit, "--decision.requirePower", "false");
        ToolRun mixed = _gate.Run("run").Ends(0);
        Assert.Equal(2 * 4 * 17, RunFiles.FromCache(mixed));
        RunFiles.AreEqual(expected, RunFiles.Final(_gate.PathOf("out")));
    }

    [Fact]
    public void Vectors_of_128_bit_change_no_byte()
    {
        _gate.WriteGate(GateTool.SampleModel, limit: 2, more: ", \"decision\": { \"requirePower\": false }");
        SortedDictionary<string, byte[]> expected = Run();
        _gate.Variables["DOTNET_EnableAVX2"] = "0";
        RunFiles.AreEqual(expected, Run());
    }

    private SortedDictionary<string, byte[]> Run(params string[] options)
    {
        if (Directory.Exists(_gate.PathOf("out")))
            Directory.Delete(_gate.PathOf("out"), recursive: true);
        ToolRun run = _gate.Run(["run", "--no-cache", .. options]);
        Assert.True(run.ExitCode is 0 or 3, run.Error);
        return RunFiles.Final(_gate.PathOf("out"));
    }
}
