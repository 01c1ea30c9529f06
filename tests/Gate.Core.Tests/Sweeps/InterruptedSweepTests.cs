using Gate.Core.Pipeline;
using Gate.Core.Sweeps;

namespace Gate.Core.Tests.Sweeps;

public sealed class InterruptedSweepTests(CalibratedGrid grid) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-interrupted-sweep-").FullName;

    [Fact]
    public void Interrupted_it_goes_on_and_comes_to_the_same_bytes()
    {
        using var cancelled = new CancellationTokenSource();
        int made = 0;
        var stop = new Told(told =>
        {
            if (told is PhaseFinished { Name: "compress" } && ++made == 4)
                cancelled.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => Sweep(stop, cancelled.Token));
        List<string> compressed = [];
        SweepOutcome outcome = Sweep(
            new Told(told =>
            {
                if (told is PhaseFinished { Name: "compress" } phase)
                    compressed.Add(phase.Text);
            }),
            TestContext.Current.CancellationToken);

        Assert.Equal(SweepJson.Write(grid.Outcome), SweepJson.Write(outcome));
        Assert.All(compressed.Take(3), text => Assert.Contains("not made again", text, StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private SweepOutcome Sweep(IProgress<RunEvent> progress, CancellationToken cancellationToken) =>
        CalibratedGrid.Sweep(_folder, progress, cancellationToken);

    private sealed class Told(Action<RunEvent> listen) : IProgress<RunEvent>
    {
        public void Report(RunEvent value) => listen(value);
    }
}
