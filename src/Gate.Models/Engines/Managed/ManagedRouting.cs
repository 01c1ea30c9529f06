using Gate.Numerics.ElementaryFunctions;

namespace Gate.Models.Engines.Managed;

/// <summary>Chooses experts row by row. A row's weights depend on its logits alone.</summary>
internal static class ManagedRouting
{
    /// <summary>See <see cref="IComputeEngine.Route"/>.</summary>
    public static IReadOnlyList<ExpertRows> Route(ManagedMatrix logits, int chosen, bool renormalize)
    {
        int experts = logits.Columns;
        List<int>[] rows = [.. Enumerable.Range(0, experts).Select(_ => new List<int>())];
        List<float>[] weights = [.. Enumerable.Range(0, experts).Select(_ => new List<float>())];
        int[] order = new int[experts];
        float[] exponentials = new float[experts];
        for (int row = 0; row < logits.Rows; row++)
        {
            float[] values = logits.Row(row).ToArray();
            float largest = values.Max();
            for (int expert = 0; expert < experts; expert++)
            {
                order[expert] = expert;
                exponentials[expert] = Exponential.Evaluate(values[expert] - largest);
            }

            Array.Sort(order, (a, b) => values[a] != values[b] ? values[b].CompareTo(values[a]) : a.CompareTo(b));
            float sum = renormalize ? order.Take(chosen).Sum(expert => exponentials[expert]) : exponentials.Sum();
            foreach (int expert in order.AsSpan(0, chosen))
            {
                rows[expert].Add(row);
                weights[expert].Add(exponentials[expert] / sum);
            }
        }

        return [.. Enumerable.Range(0, experts).Where(expert => rows[expert].Count > 0).Select(expert => new ExpertRows(expert, [.. rows[expert]], [.. weights[expert]]))];
    }
}
