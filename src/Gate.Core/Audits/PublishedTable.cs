using System.Globalization;
using Gate.Diagnostics;
using nietras.SeparatedValues;

namespace Gate.Core.Audits;

/// <summary>Reads published scores: CSV, or the first Markdown table that has the columns.</summary>
public static class PublishedTable
{
    private const string Remedy = "name the columns task, items, dense, candidate and, where guessing helps, chance; scores as shares or in percent";

    private static readonly (string Name, string[] Aliases)[] Columns =
    [
        ("task", ["task", "benchmark", "dataset", "data set"]), ("items", ["items", "n", "questions", "samples"]), ("dense", ["dense", "before", "base", "baseline", "original"]),
        ("candidate", ["candidate", "after", "compressed", "quantized", "quantised", "pruned"]), ("chance", ["chance", "random"]),
    ];

    /// <summary>The scores of a file.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="GateException">Exit 4 (GATE5120): no such table, a column that is missing, a value that is no score.</exception>
    public static IReadOnlyList<PublishedScore> Read(string path, string text)
    {
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        int first = Array.FindIndex(lines, IsHead);
        if (first < 0)
            throw Refuse(path, 1, $"expected a table with the columns task, items, dense and candidate, found none in {lines.Length} lines");
        bool piped = lines[first].Contains('|', StringComparison.Ordinal);
        (int Line, string Text)[] rows = [.. lines.Index().Skip(first).TakeWhile(line => line.Item.Trim().Length > 0 && line.Item.Contains('|', StringComparison.Ordinal) == piped)
            .Where(line => !IsRule(line.Item)).Select(line => (line.Index + 1, piped ? line.Item.Trim().Trim('|') : line.Item))];
        using SepReader reader = Sep.New(piped ? '|' : ',').Reader(options => options with { Unescape = true, Trim = SepTrim.All, DisableColCountCheck = true })
            .FromText(string.Join('\n', rows.Select(row => row.Text)));
        int[] places = [.. Columns.Select(column => reader.Header.ColNames.ToList().FindIndex(name => column.Aliases.Contains(name.Trim(' ', '*', '`').ToLowerInvariant())))];
        List<(int Line, string Task, double[] Values)> read = [];
        foreach (SepReader.Row row in reader)
        {
            int line = rows[row.RowIndex].Line;
            if (row.ColCount <= places.Max())
                throw Refuse(path, line, $"expected {places.Max() + 1} columns, found {row.ColCount}");
            double[] values = new double[Columns.Length];
            for (int column = 1; column < Columns.Length; column++)
                values[column] = places[column] < 0 ? 0 : Number(path, line, Columns[column].Name, row[places[column]].ToString());
            read.Add((line, row[places[0]].ToString(), values));
        }

        if (read.Count == 0)
            throw Refuse(path, first + 1, "expected a line of scores under the head of the table, found none");

        // A table speaks in percent when any score of it can be nothing else.
        double unit = read.Any(row => row.Values[2] > 1 || row.Values[3] > 1) ? 100 : 1;
        return [.. read.Select(row => Checked(path, row.Line, row.Task, row.Values, unit))];
    }

    private static PublishedScore Checked(string path, int line, string task, double[] values, double unit)
    {
        (double dense, double candidate, double chance) = (values[2] / unit, values[3] / unit, values[4] > 1 ? values[4] / 100 : values[4]);
        if (values[1] is not (>= 1 and <= int.MaxValue) || values[1] != Math.Floor(values[1]))
            throw Refuse(path, line, $"expected a whole number of items of at least 1, found {values[1].ToString(CultureInfo.InvariantCulture)}");
        if (dense is not (>= 0 and <= 1) || candidate is not (>= 0 and <= 1) || chance is not (>= 0 and < 1))
            throw Refuse(path, line, $"expected scores from 0 to {unit.ToString(CultureInfo.InvariantCulture)}, found {values[2].ToString(CultureInfo.InvariantCulture)} and {values[3].ToString(CultureInfo.InvariantCulture)}");
        return new PublishedScore(task, (int)values[1], dense, candidate, chance);
    }

    private static double Number(string path, int line, string column, string text)
    {
        string digits = text.Trim(' ', '*', '%', '`');
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw Refuse(path, line, $"expected a number in the column {column}, found \"{text}\"");
    }

    private static bool IsHead(string line)
    {
        string[] cells = [.. line.Split(line.Contains('|', StringComparison.Ordinal) ? '|' : ',').Select(cell => cell.Trim(' ', '*', '`', '"').ToLowerInvariant())];
        return Columns.Take(4).All(column => column.Aliases.Any(cells.Contains));
    }

    // The line of dashes under the head of a Markdown table.
    private static bool IsRule(string line) => line.Contains('-', StringComparison.Ordinal) && line.All(character => character is '|' or '-' or ':' or ' ' or '\t');

    private static GateException Refuse(string path, int line, string reason) => GateException.Input("GATE5120", reason, new SourceLocation(path, line), Remedy);
}
