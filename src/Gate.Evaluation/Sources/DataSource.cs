using System.Collections.Immutable;

namespace Gate.Evaluation.Sources;

/// <summary>Where rows come from: the files as they are published. A data set is often published in several forms; the first that is there is read.</summary>
/// <param name="Forms">The forms, the preferred first; at least one.</param>
public sealed record DataSource(ImmutableArray<DataFile> Forms)
{
    /// <summary>What stands at the beginning of a path below the folder of data sets, which the command line or the configuration names.</summary>
    public const string DataFolder = "@data/";
}

/// <summary>One form of a data set: files of one format.</summary>
public sealed record DataFile
{
    /// <summary>Absolute path; <c>{variable}</c> and <c>*</c> may stand in it. Begins with <see cref="DataSource.DataFolder"/> where no such folder was named.</summary>
    public required string Path { get; init; }

    /// <summary>The path as the task file writes it.</summary>
    public required string Shown { get; init; }

    /// <summary>Name of the format, for example <c>jsonl</c>; empty: by the file's extension.</summary>
    public string Format { get; init; } = "";

    /// <summary>Where the rows stand in a JSON file: names with dots between them; empty: at the top.</summary>
    public string At { get; init; } = "";

    /// <summary>Names of the columns of a separated text without a header; empty: its first line is the header.</summary>
    public ImmutableArray<string> Columns { get; init; } = [];

    /// <summary>Regular expression of which every match in a text is a row, its named groups the fields; empty: the whole text is one row.</summary>
    public string Pattern { get; init; } = "";

    /// <summary>Rows that are taken: those whose fields have one of these texts.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Where { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>A file with one line a row, in the same order, or null.</summary>
    public SideFile? Join { get; init; }
}

/// <summary>A file that gives every row of another one a field: line by line, in the same order.</summary>
/// <param name="Path">Its path, as that of a <see cref="DataFile"/>.</param>
/// <param name="Field">The field's name.</param>
public sealed record SideFile(string Path, string Field);

/// <summary>A file of a data set that is published elsewhere: what <c>gate tasks fetch-plan</c> prints.</summary>
/// <param name="File">Where it belongs, below the folder of data sets.</param>
/// <param name="From">Where it is published.</param>
/// <param name="Licence">Its licence.</param>
/// <param name="Bytes">Its size, or null where it is not known.</param>
/// <param name="Sha256">Its SHA-256 in hexadecimal, or null where it is not known.</param>
public sealed record PublishedFile(string File, string From, string Licence, long? Bytes, string? Sha256);
