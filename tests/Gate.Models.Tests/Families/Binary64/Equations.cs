namespace Gate.Models.Tests.Families.Binary64;

/// <summary>The equations that references are written in: one row after the other, in binary64, with no regard to speed.</summary>
internal static class Equations
{
    public static double[] Linear(double[] x, double[][] weight, double[]? bias = null) =>
        [.. weight.Select((row, i) => row.Zip(x, (w, value) => w * value).Sum() + (bias?[i] ?? 0))];

    /// <summary>x·W, as weights stored [inputs, outputs] mean it.</summary>
    public static double[] Times(double[] x, double[][] weight, double[] bias) =>
        [.. bias.Select((b, column) => b + x.Select((value, row) => value * weight[row][column]).Sum())];

    public static double[] LayerNorm(double[] x, double[] weight, double[]? bias, double epsilon)
    {
        double mean = x.Average(), deviation = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + epsilon);
        return [.. x.Select((value, i) => ((value - mean) / deviation * weight[i]) + (bias?[i] ?? 0))];
    }

    public static double[] RootMeanSquareNorm(double[] x, double[] weight, double epsilon)
    {
        double size = Math.Sqrt(x.Average(value => value * value) + epsilon);
        return [.. x.Select((value, i) => value / size * weight[i])];
    }

    public static double[] Add(double[] x, double[] y) => [.. x.Zip(y, (a, b) => a + b)];

    public static double[] Gelu(double[] x) => [.. x.Select(value => 0.5 * value * (1 + Erf(value / Math.Sqrt(2))))];

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    public static double[] Softmax(double[] scores)
    {
        double largest = scores.Max();
        double[] powers = [.. scores.Select(score => Math.Exp(score - largest))];
        double sum = powers.Sum();
        return [.. powers.Select(power => power / sum)];
    }

    /// <summary>Attention of one head over rows: what row i sees is decided by <paramref name="sees"/>.</summary>
    public static double[] Attend(double[] query, double[][] keys, double[][] values, Func<int, bool> sees, double? sink = null)
    {
        int[] seen = [.. Enumerable.Range(0, keys.Length).Where(sees)];
        double[] scores = [.. seen.Select(j => query.Zip(keys[j], (a, b) => a * b).Sum() / Math.Sqrt(query.Length))];
        double[] shares = Softmax(sink is { } extra ? [.. scores, extra] : scores);
        double[] result = new double[query.Length];
        for (int i = 0; i < seen.Length; i++)
        {
            for (int d = 0; d < result.Length; d++)
                result[d] += shares[i] * values[seen[i]][d];
        }

        return result;
    }

    /// <summary>Multi-head attention over all rows of a sequence.</summary>
    public static double[][] Attend(double[][] queries, double[][] keys, double[][] values, int heads, int keyHeads, Func<int, int, bool> sees, double[]? sinks = null)
    {
        int size = queries[0].Length / heads;
        double[] Head(double[] row, int head) => row[(head * size)..((head + 1) * size)];
        return [.. queries.Select((query, i) => Enumerable.Range(0, heads).SelectMany(head =>
        {
            int shared = head / (heads / keyHeads);
            return Attend(
                Head(query, head), [.. keys.Select(row => Head(row, shared))], [.. values.Select(row => Head(row, shared))], j => sees(i, j), sinks?[head]);
        }).ToArray())];
    }

    /// <summary>Rotary positions in halves: value d of a head turns with value d + size / 2.</summary>
    public static double[] Rotate(double[] row, int size, int position, double[] frequencies, double scale = 1)
    {
        double[] result = [.. row];
        for (int start = 0; start < row.Length; start += size)
        {
            for (int d = 0; d < size / 2; d++)
            {
                (double sin, double cos) = Math.SinCos(position * frequencies[d]);
                double first = row[start + d], second = row[start + d + (size / 2)];
                result[start + d] = scale * ((first * cos) - (second * sin));
                result[start + d + (size / 2)] = scale * ((second * cos) + (first * sin));
            }
        }

        return result;
    }

    public static double[] Frequencies(int size, double theta) => [.. Enumerable.Range(0, size / 2).Select(d => Math.Pow(theta, -2.0 * d / size))];

    // The Maclaurin series converges to binary64 for the arguments of these tests; beyond 6 the value is ±1.
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 5)
            return Math.Sign(x);
        double sum = 0, term = x;
        for (int n = 0; n < 200; n++)
        {
            sum += term / ((2 * n) + 1);
            term *= -x * x / (n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
