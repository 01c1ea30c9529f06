using Gate.Numerics.Threading;

namespace Gate.Numerics.Tests.Threading;

public sealed class ParallelWorkTests
{
    [Fact]
    public void Every_piece_runs_exactly_once()
    {
        for (int round = 0; round < 2000; round++)
        {
            int[] runs = new int[round % 37];
            ParallelWork.Run(runs.Length, new ComputeThreads(1 + (round % 5)), piece => Interlocked.Increment(ref runs[piece]));
            Assert.All(runs, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void A_piece_may_itself_run_work_and_several_threads_may_call_at_once()
    {
        int total = 0;
        Parallel.For(0, 8, _ => ParallelWork.Run(
            10, ComputeThreads.All, _ => ParallelWork.Run(10, ComputeThreads.All, _ => Interlocked.Increment(ref total))));
        Assert.Equal(800, total);
    }

    [Fact]
    public void An_exception_reaches_the_caller_and_the_workers_go_on()
    {
        Assert.Throws<InvalidDataException>(() => ParallelWork.Run(
            20, new ComputeThreads(4), piece => throw new InvalidDataException($"piece {piece}")));
        int total = 0;
        ParallelWork.Run(20, new ComputeThreads(4), _ => Interlocked.Increment(ref total));
        Assert.Equal(20, total);
    }
}
