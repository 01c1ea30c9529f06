namespace Gate.Compression.Planning.Allocation;

/// <summary>Spends the bytes that the relaxation left over: single upgrades, then exchanges of two units, the first improvement in a fixed order.</summary>
internal static class SlackFilling
{
    /// <summary>Improves <paramref name="choices"/> in place until no single or paired move lowers the damage within the budget.</summary>
    public static void Fill(IReadOnlyList<AllocationUnit> units, long budgetBytes, int[] choices)
    {
        long slack = budgetBytes;
        for (int unit = 0; unit < choices.Length; unit++)
            slack -= units[unit].Options[choices[unit]].Bytes;

        while (Upgrade(units, choices, ref slack) || Exchange(units, choices, ref slack))
        {
        }
    }

    private static bool Upgrade(IReadOnlyList<AllocationUnit> units, int[] choices, ref long slack)
    {
        for (int unit = 0; unit < choices.Length; unit++)
        {
            AllocationOption now = units[unit].Options[choices[unit]];
            int best = choices[unit];
            for (int option = 0; option < units[unit].Options.Length; option++)
            {
                AllocationOption other = units[unit].Options[option];
                if (other.Bytes - now.Bytes <= slack && other.Damage < units[unit].Options[best].Damage)
                    best = option;
            }

            if (best != choices[unit])
            {
                slack -= units[unit].Options[best].Bytes - now.Bytes;
                choices[unit] = best;
                return true;
            }
        }

        return false;
    }

    private static bool Exchange(IReadOnlyList<AllocationUnit> units, int[] choices, ref long slack)
    {
        for (int down = 0; down < choices.Length; down++)
        {
            AllocationOption from = units[down].Options[choices[down]];
            for (int smaller = 0; smaller < units[down].Options.Length; smaller++)
            {
                AllocationOption to = units[down].Options[smaller];
                if (to.Bytes >= from.Bytes)
                    continue;
                for (int up = 0; up < choices.Length; up++)
                {
                    if (up == down)
                        continue;
                    AllocationOption before = units[up].Options[choices[up]];
                    for (int larger = 0; larger < units[up].Options.Length; larger++)
                    {
                        AllocationOption after = units[up].Options[larger];
                        long bytes = to.Bytes - from.Bytes + after.Bytes - before.Bytes;
                        double damage = to.Damage - from.Damage + after.Damage - before.Damage;
                        // A margin above rounding, or two equal moves could undo each other for ever.
                        if (bytes <= slack && damage < -1e-12 * (1 + Math.Abs(from.Damage) + Math.Abs(before.Damage)))
                        {
                            slack -= bytes;
                            choices[down] = smaller;
                            choices[up] = larger;
                            return true;
                        }
                    }
                }
            }
        }

        return false;
    }
}
