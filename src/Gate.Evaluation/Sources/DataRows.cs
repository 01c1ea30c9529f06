using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Gate.Diagnostics;

namespace Gate.Evaluation.Sources;

/// <summary>Reads the rows of a <see cref="DataSource"/>.</summary>
internal static class DataRows
{
    /// <summary>The rows that are taken, in the order of the files.</summary>
    /// <param name="source">The source.</param>
    /// <param name="variables">What the variables in its paths stand for; fields of every row.</param>
    /// <param name="published">Where missing files are published.</param>
    /// <param name="bad">Receives rows that cannot be read.</param>
    /// <exception cref="GateException">Exit 4: nothing is there, or a file that cannot be read.</exception>
    public static IEnumerable<DataRecord> Read(
        DataSource source, ImmutableDictionary<string, string> variables, ImmutableArray<PublishedFile> published, BadRows bad)
    {
        (DataFile form, ImmutableArray<string> files) = Find(source, variables, published);
        int index = 0;
        foreach (string file in files)
        {
            string[]? side = form.Join is { } join ? SideLines(Filled(join.Path, variables)) : null;
            int rows = 0;
            foreach (DataRecord record in DataFormats.Read(file, form, bad))
            {
                rows = record.Index + 1;
                DataRecord row = record with { Variables = Variables(record, variables, form.Join, side, file) };
                if (form.Where.All(condition => Holds(row, condition.Key, condition.Value)))
                    yield return row with { Index = index++ };
            }

            if (side is not null && side.Length != rows)
            {
                throw GateException.Input(
                    "GATE5035", $"'{DisplayPath.Of(Filled(form.Join!.Path, variables))}' has {side.Length} lines and '{DisplayPath.Of(file)}' {rows} rows; they are joined line by line",
                    new SourceLocation(DisplayPath.Of(file), rows), "take both from the same release");
            }
        }

        if (index == 0 && bad.Errors.Count == 0)
        {
            string shown = DisplayPath.Of(files[0]);
            throw GateException.Input(
                "GATE5011", $"the data file '{shown}' has no items{(form.Where.Count > 0 ? " that 'where' takes" : "")}", new SourceLocation(shown),
                "a task needs at least one item");
        }
    }

    /// <summary>The files that would be read; none where nothing is there.</summary>
    public static ImmutableArray<string> Files(DataSource source, ImmutableDictionary<string, string> variables) =>
        source.Forms.Select(form => Matching(Filled(form.Path, variables)).Concat(form.Join is { } join ? [Filled(join.Path, variables)] : []).ToImmutableArray())
            .FirstOrDefault(files => files.Length > 0 && files.All(File.Exists), []);

    private static (DataFile Form, ImmutableArray<string> Files) Find(
        DataSource source, ImmutableDictionary<string, string> variables, ImmutableArray<PublishedFile> published)
    {
        foreach (DataFile form in source.Forms)
        {
            ImmutableArray<string> files = Matching(Filled(form.Path, variables));
            if (files.Length > 0 && files.All(File.Exists))
                return (form, files);
        }

        // A task with its own data says what is wrong with its file; a published one, where to get it.
        string first = Filled(source.Forms[0].Path, variables);
        return published.IsEmpty && !first.StartsWith(DataSource.DataFolder, StringComparison.Ordinal)
            ? (source.Forms[0], [first])
            : throw FetchPlan.Missing([.. source.Forms.Select(form => Filled(form.Path, variables))], published);
    }

    // A path with its variables filled in; a variable is a value of the task file or of its data, so it may not lead elsewhere.
    private static string Filled(string path, ImmutableDictionary<string, string> variables)
    {
        StringBuilder filled = new(path);
        foreach ((string name, string value) in variables)
        {
            if (!path.Contains($"{{{name}}}", StringComparison.Ordinal))
                continue;
            if (value.Contains("..", StringComparison.Ordinal) || value.Contains('\0', StringComparison.Ordinal) || Path.IsPathRooted(value))
                throw GateException.Input("GATE5018", $"the variable '{name}' is '{value}', which leads out of the folder of '{path}'", null, "use a plain name");
            filled.Replace($"{{{name}}}", value);
        }

        return filled.ToString();
    }

    private static ImmutableArray<string> Matching(string path)
    {
        if (!path.Contains('*', StringComparison.Ordinal))
            return [path];
        string folder = Path.GetDirectoryName(path)!;
        return [.. Matching(folder).Where(Directory.Exists)
            .SelectMany(each => Directory.EnumerateFileSystemEntries(each, Path.GetFileName(path), SearchOption.TopDirectoryOnly))
            .Order(NaturalOrder)];
    }

    // 2.json before 10.json.
    private static readonly IComparer<string> NaturalOrder = Comparer<string>.Create((first, second) =>
        string.CompareOrdinal(Padded(first), Padded(second)) is var order and not 0 ? order : string.CompareOrdinal(first, second));

    private static string Padded(string path)
    {
        StringBuilder padded = new();
        for (int i = 0; i < path.Length;)
        {
            int end = i;
            while (end < path.Length && char.IsAsciiDigit(path[end]))
                end++;
            padded.Append(end > i ? path[i..end].PadLeft(12, '0') : path[i]);
            i = Math.Max(end, i + 1);
        }

        return padded.ToString();
    }

    private static string[] SideLines(string path)
    {
        string text = SourceFile.DecodeText(path, SourceFile.ReadData(path).Span);
        string[] lines = text.Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    private static ImmutableDictionary<string, string> Variables(
        DataRecord record, ImmutableDictionary<string, string> variables, SideFile? join, string[]? side, string file)
    {
        ImmutableDictionary<string, string> all = variables.SetItem("@file", Path.GetFileNameWithoutExtension(file));
        return join is not null && side is not null && record.Index < side.Length ? all.SetItem(join.Field, side[record.Index]) : all;
    }

    private static bool Holds(DataRecord record, string field, ImmutableArray<string> accepted) =>
        FieldExpression.Parse(field).Find(record) is { } value && (value switch
        {
            { Json: { ValueKind: JsonValueKind.True or JsonValueKind.False } json } => [json.GetBoolean() ? "true" : "false"],
            _ => record.Texts(field, value) ?? [],
        }).Any(text => accepted.Contains(text));
}
