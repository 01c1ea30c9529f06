using Gate.EndToEnd.Tool;

namespace Gate.EndToEnd.Endurance;

/// <summary>The ratchet: the candidate keeps up with the last accepted one, and no failing run ever moves it.</summary>
public sealed class BaselineTests : IDisposable
{
    private readonly GateTool _gate = new();

    public BaselineTests() => RunFiles.FixTime(_gate);

    public void Dispose() => _gate.Dispose();

    [Fact]
    [Trait("Complaint", "05")]
    public void A_passing_run_moves_the_baseline_and_a_worse_candidate_neither_passes_nor_moves_it()
    {
        _gate.WriteGate(GateTool.SampleModel, limit: 300, more: ", \"baseline\": { \"mode\": \"ratchet\" }");
        _gate.Run("run").Ends(4).Says("GATE2003", "no baseline");
        _gate.Run("baseline", "update").Ends(0);
        string path = _gate.PathOf("gate.baseline.json");
        byte[] first = File.ReadAllBytes(path);
        Assert.True(first.Length < 4096, $"{first.Length} bytes");
        Assert.Contains("baseline.retention", _gate.Run("run").Ends(0).Out, StringComparison.Ordinal);
        _gate.Run("baseline", "update").Ends(0);

        byte[] accepted = File.ReadAllBytes(path);
        _gate.Run("run", "--recipe.quantize.bits", "3", "--thresholds.retention", "0.05").Ends(1).Says("what the accepted candidate knew");
        _gate.Run("baseline", "update").Ends(1).Says("GATE2033");
        Assert.Equal(accepted, File.ReadAllBytes(path));

        File.WriteAllBytes(path, accepted[..(accepted.Length / 2)]);
        _gate.Run("run").Ends(4).Says("GATE3130");
    }
}
