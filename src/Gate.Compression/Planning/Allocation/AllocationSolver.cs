using System.Collections.Immutable;
using System.Numerics;
using Gate.Diagnostics;

namespace Gate.Compression.Planning.Allocation;

/// <summary>
/// Chooses one option for every unit: least total damage within a budget of bytes. Lagrangian relaxation over the convex hulls (Shoham and Gersho 1988), then the
/// slack is filled, then an exact dynamic programme where the certificate is not tight enough. Ties go to the earlier unit and option: the same
/// problem has the same answer.
/// </summary>
public static class AllocationSolver
{
    /// <summary>Gap above which the exact programme is tried.</summary>
    public const double TolerableGap = 0.01;

    // Cells of the exact programme's table: one byte each, 256 MiB at most.
    private const long LargestTable = 1L << 28;

    /// <summary>Solves the problem.</summary>
    /// <param name="units">Units with at least one option each; bytes not negative, damage finite and not negative.</param>
    /// <param name="budgetBytes">Most bytes of all units together.</param>
    /// <exception cref="GateException">Exit 2: even the smallest options together exceed the budget; names the floor.</exception>
    public static Allocation Solve(IReadOnlyList<AllocationUnit> units, long budgetBytes)
    {
        long floor = units.Sum(unit => unit.Options.Min(option => option.Bytes));
        if (floor > budgetBytes)
        {
            throw GateException.Usage(
                "GATE4070",
                $"the budget of {budgetBytes} bytes cannot be met: the smallest options of all layers together need {floor} bytes",
                remedy: $"allow at least {floor} bytes, or offer fewer bits, larger groups or more sparsity");
        }

        (int[] choices, double price) = Relax(units, budgetBytes);
        SlackFilling.Fill(units, budgetBytes, choices);
        Allocation allocation = Account(units, choices, LowerBound(units, budgetBytes, price));
        return allocation.Gap > TolerableGap && Exact(units, budgetBytes) is { } exact ? exact : allocation;
    }

    // Start from the least damage; give up bytes where a byte costs the least damage until the budget holds.
    private static (int[] Choices, double Price) Relax(IReadOnlyList<AllocationUnit> units, long budgetBytes)
    {
        List<(double Slope, int Unit, int To)> steps = [];
        int[] choices = new int[units.Count];
        for (int unit = 0; unit < units.Count; unit++)
        {
            ImmutableArray<int> hull = OptionHull.LowerHull(units[unit], OptionHull.Undominated(units[unit]));
            choices[unit] = hull[^1];
            for (int corner = hull.Length - 1; corner > 0; corner--)
                steps.Add((OptionHull.Slope(units[unit].Options[hull[corner - 1]], units[unit].Options[hull[corner]]), unit, hull[corner - 1]));
        }

        long bytes = TotalBytes(units, choices);
        double price = 0;
        foreach ((double slope, int unit, int to) in steps.OrderBy(step => step.Slope).ThenBy(step => step.Unit))
        {
            if (bytes <= budgetBytes)
                break;
            bytes += units[unit].Options[to].Bytes - units[unit].Options[choices[unit]].Bytes;
            choices[unit] = to;
            price = slope;
        }

        return (choices, price);
    }

    // Weak duality: for any price of a byte, the cheapest total of damage and bytes bounds the optimum from below.
    private static double LowerBound(IReadOnlyList<AllocationUnit> units, long budgetBytes, double price)
    {
        double bound = -price * budgetBytes;
        foreach (AllocationUnit unit in units)
            bound += unit.Options.Min(option => option.Damage + (price * option.Bytes));
        return Math.Max(0, bound);
    }

    // Dynamic programme over bytes in units of their greatest common divisor; null when the table would be too large.
    private static Allocation? Exact(IReadOnlyList<AllocationUnit> units, long budgetBytes)
    {
        long[] smallest = [.. units.Select(unit => unit.Options.Min(option => option.Bytes))];
        long step = 0;
        for (int unit = 0; unit < units.Count; unit++)
        {
            foreach (AllocationOption option in units[unit].Options)
                step = (long)BigInteger.GreatestCommonDivisor(step, option.Bytes - smallest[unit]);
        }

        step = Math.Max(step, 1);
        long width = ((budgetBytes - smallest.Sum()) / step) + 1;
        if (width * units.Count > LargestTable || units.Any(unit => unit.Options.Length > byte.MaxValue))
            return null;

        double[] best = new double[width];
        byte[][] chosen = new byte[units.Count][];
        for (int unit = 0; unit < units.Count; unit++)
        {
            double[] next = new double[width];
            byte[] choice = chosen[unit] = new byte[width];
            Array.Fill(next, double.PositiveInfinity);
            for (int option = 0; option < units[unit].Options.Length; option++)
            {
                long cost = (units[unit].Options[option].Bytes - smallest[unit]) / step;
                double damage = units[unit].Options[option].Damage;
                for (long room = cost; room < width; room++)
                {
                    double total = best[room - cost] + damage;
                    if (total < next[room])
                        (next[room], choice[room]) = (total, (byte)option);
                }
            }

            best = next;
        }

        int[] choices = new int[units.Count];
        long left = width - 1;
        for (int unit = units.Count - 1; unit >= 0; unit--)
        {
            choices[unit] = chosen[unit][left];
            left -= (units[unit].Options[choices[unit]].Bytes - smallest[unit]) / step;
        }

        return Account(units, choices, best[width - 1]);
    }

    private static Allocation Account(IReadOnlyList<AllocationUnit> units, int[] choices, double lowerBound) =>
        new([.. choices], TotalBytes(units, choices), choices.Select((option, unit) => units[unit].Options[option].Damage).Sum(), lowerBound);

    private static long TotalBytes(IReadOnlyList<AllocationUnit> units, int[] choices) =>
        choices.Select((option, unit) => units[unit].Options[option].Bytes).Sum();
}
