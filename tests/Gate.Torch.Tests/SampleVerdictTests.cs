using Gate.Models.Engines.Managed;
using Gate.Models.Tests.Inference;
using Gate.Results;

namespace Gate.Torch.Tests;

/// <summary>Whichever engine judges, the verdict is the same.</summary>
public sealed class SampleVerdictTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-torch-").FullName;

    [Theory]
    [InlineData("quickstart", 60)]
    [InlineData("breach", 60)]
    [InlineData("encoder", 60)]
    [InlineData("encoder-decoder", 60)]
    public void A_sample_has_the_verdict_of_the_managed_engine(string sample, int limit)
    {
        GateResults managed = Samples.Judge(sample, ManagedEngineFactory.Instance, Path.Combine(_folder, "managed"), limit).Results;
        GateResults torch = Samples.Judge(sample, TestedEngine.Factory, Path.Combine(_folder, "torch"), limit).Results;
        Assert.Equal(States(managed), States(torch));
        foreach ((TaskResult expected, TaskResult actual) in managed.Tasks.Zip(torch.Tasks))
            Assert.Equal(expected.CandidateScore!.Value, actual.CandidateScore!.Value, 0.01 * Math.Max(1, Math.Abs(expected.CandidateScore!.Value)));
        Assert.Equal(TestedEngine.Factory.Identity, torch.Dense.Engine);
        Assert.Equal(torch.Dense.Engine, torch.Candidate.Engine);
        Assert.Contains(torch.Notes, note => note.Code == "GATE3306");
        Assert.DoesNotContain(managed.Notes, note => note.Code == "GATE3306");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string[] States(GateResults results) =>
        [$"{results.Verdict.State}", .. results.Verdict.Rules.Select(rule => $"{rule.Key} {rule.State}")];
}
