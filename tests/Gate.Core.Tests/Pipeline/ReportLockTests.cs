using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Diagnostics;
using Gate.Numerics.Threading;

namespace Gate.Core.Tests.Pipeline;

public sealed class ReportLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-lock-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ReportLock Take()
    {
        var reports = new ReportPaths(
            Path.Combine(_folder, "results.json"), Path.Combine(_folder, "items.jsonl"), Path.Combine(_folder, "gate.junit.xml"), Path.Combine(_folder, "gate.md"),
            Path.Combine(_folder, "gate.html"), Path.Combine(_folder, "gate.summary.md"));
        return ReportLock.Take(reports, new RunContext(_folder, null, new ComputeThreads(1), TimeProvider.System, 0, null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_disk_that_is_full_when_the_reports_are_in_place_costs_the_next_run_time_only()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/dev/full is a device of Linux");
        File.CreateSymbolicLink(Path.Combine(_folder, ReportLock.FileName), "/dev/full");
        using ReportLock taken = Take();
        Assert.Null(Record.Exception(() => taken.Remember(() => "question")));
    }

    [Fact]
    public void An_input_that_is_gone_when_the_reports_are_in_place_costs_the_next_run_time_only_and_leaves_no_earlier_answer()
    {
        using (ReportLock first = Take())
            first.Remember(() => "question");
        using (ReportLock second = Take())
        {
            Exception[] gone = [new FileNotFoundException("task.json"), GateException.Input("GATE5001", "task.json is gone")];
            foreach (Exception exception in gone)
                Assert.Null(Record.Exception(() => second.Remember(() => throw exception)));
        }

        Assert.Equal(0, new FileInfo(Path.Combine(_folder, ReportLock.FileName)).Length);
    }

    [Fact]
    public void The_lock_file_holds_the_last_question_alone()
    {
        using (ReportLock first = Take())
            first.Remember(() => "a question that is long");
        using (ReportLock second = Take())
            second.Remember(() => "short");
        string line = Assert.Single(File.ReadAllLines(Path.Combine(_folder, ReportLock.FileName)));
        Assert.Contains(" short ", line, StringComparison.Ordinal);
    }
}
