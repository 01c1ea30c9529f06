using Gate.Compression.Recipes;
using Gate.Core.Pipeline;
using Gate.Core.Planning;
using Gate.Numerics.Threading;

namespace Gate.Core.Tests.Planning;

public sealed class InterruptedPlanningTests(MeasuredModel measured) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-planning-").FullName;

    [Fact]
    public void An_interrupted_measurement_goes_on_with_the_errors_it_had_found_and_comes_to_the_same_bytes()
    {
        string expected = measured.Planned.Summary + measured.Measurement;

        using var cancelled = new CancellationTokenSource();
        var stop = new Listener(told =>
        {
            if (told is PhaseProgress { What: "units measured", Done: 5 })
                cancelled.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => Measured(stop, cancelled.Token));
        string journal = Assert.Single(Directory.GetFiles(Path.Combine(_folder, "interrupted", "planning"), "*.journal", SearchOption.AllDirectories));
        File.AppendAllText(journal, "a line that was cut o");
        int found = File.ReadAllLines(journal).Length - 1;
        List<string> details = [];
        string resumed = Measured(new Listener(told => details.AddRange(told is RunDetail detail ? [detail.Text] : [])), TestContext.Current.CancellationToken);

        Assert.Contains($"plan: {found} errors of layers are kept from an interrupted measurement", details);
        Assert.Equal(expected, resumed);

        string Measured(IProgress<RunEvent>? progress, CancellationToken cancellationToken)
        {
            string cache = Path.Combine(_folder, "interrupted");
            RunContext context = new(_folder, cache, new ComputeThreads(2), TimeProvider.System, null, progress, cancellationToken);
            using JudgedModel dense = MeasuredModel.Open(context);
            string plan = RecipePlanning.Plan(new Budget(null, 3.5, null), MeasuredModel.Short, context, dense).Summary;
            return plan + File.ReadAllText(Assert.Single(Directory.GetFiles(cache, "measurement.json", SearchOption.AllDirectories)));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed class Listener(Action<RunEvent> listen) : IProgress<RunEvent>
    {
        public void Report(RunEvent value) => listen(value);
    }
}
