using Gate.Compression.Planning.Allocation;
using Gate.Diagnostics;

namespace Gate.Compression.Tests.Planning.Allocation;

public sealed class AllocationSolverTests
{
    [Fact]
    public void Small_problems_are_solved_to_within_one_percent_of_brute_force_and_the_bound_is_below_the_optimum()
    {
        Random random = new(11);
        int proven = 0;
        for (int trial = 0; trial < 400; trial++)
        {
            AllocationUnit[] units = Problem(random, random.Next(1, 8), random.Next(1, 5));
            long floor = units.Sum(unit => unit.Options.Min(option => option.Bytes));
            long ceiling = units.Sum(unit => unit.Options.Max(option => option.Bytes));
            long budget = floor + (long)(random.NextDouble() * (ceiling - floor));

            Compression.Planning.Allocation.Allocation found = AllocationSolver.Solve(units, budget);
            double optimum = BruteForce(units, budget);

            Assert.True(found.Bytes <= budget);
            Assert.Equal(units.Length, found.Choices.Length);
            Assert.True(found.Damage >= optimum - 1e-9);
            Assert.True(found.LowerBound <= optimum + 1e-9);
            Assert.True(found.Damage <= (optimum * (1 + AllocationSolver.TolerableGap)) + 1e-9, $"{found.Damage} against {optimum}");
            proven += found.Gap <= AllocationSolver.TolerableGap ? 1 : 0;
        }

        Assert.Equal(400, proven);
    }

    [Fact]
    public void A_large_problem_comes_with_a_tight_certificate_and_an_unspent_rest_smaller_than_any_step()
    {
        AllocationUnit[] units = Problem(new Random(3), 240, 9);
        long floor = units.Sum(unit => unit.Options.Min(option => option.Bytes));
        long ceiling = units.Sum(unit => unit.Options.Max(option => option.Bytes));

        Compression.Planning.Allocation.Allocation found = AllocationSolver.Solve(units, (floor + ceiling) / 2);

        Assert.InRange(found.Gap, 0, AllocationSolver.TolerableGap);
        long slack = ((floor + ceiling) / 2) - found.Bytes;
        Assert.All(units.Zip(found.Choices), pair => Assert.DoesNotContain(pair.First.Options, option =>
            option.Damage < pair.First.Options[pair.Second].Damage && option.Bytes - pair.First.Options[pair.Second].Bytes <= slack));
    }

    [Fact]
    public void A_budget_with_room_for_everything_takes_the_least_damage() =>
        Assert.All(
            AllocationSolver.Solve(Problem(new Random(5), 20, 4), long.MaxValue / 2).Choices.Zip(Problem(new Random(5), 20, 4)),
            pair => Assert.Equal(pair.Second.Options.Min(option => option.Damage), pair.Second.Options[pair.First].Damage));

    [Fact]
    public void A_budget_below_the_floor_is_refused_with_the_floor()
    {
        AllocationUnit[] units = Problem(new Random(6), 10, 4);
        long floor = units.Sum(unit => unit.Options.Min(option => option.Bytes));

        GateException refused = Assert.Throws<GateException>(() => AllocationSolver.Solve(units, floor - 1));

        Assert.Equal(ExitCode.InvalidUsage, refused.ExitCode);
        Assert.Contains($"{floor} bytes", refused.Message, StringComparison.Ordinal);
        Assert.Equal(floor, AllocationSolver.Solve(units, floor).Bytes);
    }

    [Fact]
    public void The_same_problem_has_the_same_answer() =>
        Assert.Equal(
            AllocationSolver.Solve(Problem(new Random(8), 100, 6), 500_000).Choices,
            AllocationSolver.Solve(Problem(new Random(8), 100, 6), 500_000).Choices);

    private static AllocationUnit[] Problem(Random random, int units, int options) =>
    [
        .. Enumerable.Range(0, units).Select(unit => new AllocationUnit(
            $"unit {unit}",
            [.. Enumerable.Range(0, options).Select(option => new AllocationOption(
                $"option {option}", 100 * random.Next(1, 60), random.NextDouble() * Math.Pow(10, random.Next(-2, 2))))])),
    ];

    private static double BruteForce(AllocationUnit[] units, long budget, int from = 0)
    {
        if (from == units.Length)
            return 0;
        double best = double.PositiveInfinity;
        foreach (AllocationOption option in units[from].Options)
        {
            if (option.Bytes <= budget)
                best = Math.Min(best, option.Damage + BruteForce(units, budget - option.Bytes, from + 1));
        }

        return best;
    }
}
