using Gate.Diagnostics;
using Gate.Evaluation.Data;
using Gate.Evaluation.Normalization;
using Gate.Evaluation.Tasks;

namespace Gate.Evaluation.TaskFiles;

/// <summary>Reads a task's declarative file into a <see cref="TaskDefinition"/>, checking every key, type and value.</summary>
internal static class TaskFileReader
{
    private static readonly Dictionary<string, CandidateSource> _candidateSources = new(StringComparer.Ordinal)
    {
        ["cluster"] = CandidateSource.Cluster,
        ["file"] = CandidateSource.File,
        ["none"] = CandidateSource.None,
    };

    private static readonly Dictionary<string, ClusterScope> _clusterScopes = new(StringComparer.Ordinal)
    {
        ["suite"] = ClusterScope.Suite,
        ["task"] = ClusterScope.Task,
    };

    private static readonly Dictionary<string, TextMode> _textModes = new(StringComparer.Ordinal)
    {
        ["file"] = TextMode.File,
        ["lines"] = TextMode.Lines,
    };

    /// <summary>Reads a task file.</summary>
    /// <param name="path">Its absolute path.</param>
    /// <param name="within">Absolute folder that the files it names must be below, unless they are below its own; null: they may be anywhere.</param>
    /// <exception cref="GateException">Exit 2 with file, line and column; exit 4 when its examples cannot be read.</exception>
    public static TaskDefinition Read(string path, string? within)
    {
        string shown = DisplayPath.Of(path);
        KeyedObject file = new(LocatedJson.Parse(shown, SourceFile.ReadDefinition(path)), "the task file");
        _ = file.RequireText(TaskFileKeys.Kind);
        string kindName = file.GetChoice(TaskFileKeys.Kind, [.. TaskKinds.All.Select(kind => kind.Name)])!;
        ITaskKind kind = TaskKinds.All.First(candidate => candidate.Name == kindName);
        bool prompted = kind.Kind != TaskKind.Perplexity;
        file.RefuseOthers([.. TaskFileKeys.Common, .. prompted ? TaskFileKeys.Prompted : [], .. kind.Keys], $"a task of kind '{kindName}'");

        string name = ReadName(file);
        NamedFiles files = new(Path.GetDirectoryName(path)!, within);
        string prompt = prompted ? file.RequireText(TaskFileKeys.Prompt) : "";
        string metric = file.GetChoice(TaskFileKeys.Metric, kind.Metrics) ?? kind.Metrics[0];
        PromptTemplate template = PromptTemplate.Parse(prompt, file.Find(TaskFileKeys.Prompt)?.Location);
        TaskSettings settings = ReadSettings(file, kind);
        CheckCandidates(file, kind, metric, settings);
        FewShotPreamble preamble = FewShotPreamble.Read(file, files, template, settings, kind);
        TaskDefinition task = new()
        {
            Name = name,
            Title = file.GetText(TaskFileKeys.Title) ?? name,
            Notes = file.GetText(TaskFileKeys.Notes) ?? "",
            Kind = kind.Kind,
            Protocol = file.RequireText(TaskFileKeys.Protocol),
            DataPath = ReadData(file, files),
            Prompt = prompt,
            Metric = metric,
            Settings = settings with { Preamble = preamble.Text },
            DefinitionHash = "",
        };
        task = task with { Options = TaskOptions.Of(task, kind, preamble) };
        return task with { DefinitionHash = TaskOptions.Hash(task, kind) };
    }

    private static string ReadData(KeyedObject file, NamedFiles files)
    {
        _ = file.RequireText(TaskFileKeys.Data);
        return files.Resolve(TaskFileKeys.Data, file.Find(TaskFileKeys.Data)!);
    }

    private static string ReadName(KeyedObject file)
    {
        string name = file.RequireText(TaskFileKeys.Name);
        bool valid = name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.') && char.IsAsciiLetterOrDigit(name[0]);
        return valid ? name : throw file.Wrong(
            TaskFileKeys.Name, "lower-case letters, digits, '-', '_' and '.', beginning with a letter or digit", file.Find(TaskFileKeys.Name)!);
    }

    private static TaskSettings ReadSettings(KeyedObject file, ITaskKind kind)
    {
        TaskSettings fallback = new();
        return new TaskSettings
        {
            Fields = ReadFields(file, kind),
            Normalizer = file.GetChoice(TaskFileKeys.Normalizer, [.. Normalizer.All.Select(normalizer => normalizer.Id)]) ?? fallback.Normalizer,
            Stops = file.GetTexts(TaskFileKeys.Stops) ?? fallback.Stops,
            MaximumNewTokens = file.GetInteger(TaskFileKeys.MaximumNewTokens, fallback.MaximumNewTokens, 1, 4096),
            Candidates = file.GetChoice(TaskFileKeys.Candidates, _candidateSources.Keys) is { } source ? _candidateSources[source] : fallback.Candidates,
            Window = file.GetInteger(TaskFileKeys.Window, fallback.Window, 2, 1 << 20),
            Text = file.GetChoice(TaskFileKeys.Text, _textModes.Keys) is { } mode ? _textModes[mode] : fallback.Text,
            ClusterScope = file.GetChoice(TaskFileKeys.ClusterScope, _clusterScopes.Keys) is { } scope ? _clusterScopes[scope]
                : kind.Kind == TaskKind.Perplexity ? ClusterScope.Task : fallback.ClusterScope,
            AddSpecialTokens = file.GetBoolean(TaskFileKeys.AddSpecialTokens),
            TargetDelimiter = file.GetText(TaskFileKeys.TargetDelimiter) ?? fallback.TargetDelimiter,
        };
    }

    private static TaskFields ReadFields(KeyedObject file, ITaskKind kind)
    {
        TaskFields fallback = kind.Kind == TaskKind.Cloze ? new TaskFields { Answers = "obj_label" } : new TaskFields();
        if (file.Find(TaskFileKeys.Fields) is not { } value)
            return fallback;
        KeyedObject fields = new(value, "'fields'");
        fields.RefuseOthers(TaskFileKeys.FieldRoles, "'fields'");
        return new TaskFields
        {
            Id = Name("id") ?? fallback.Id,
            Question = Name("question") ?? fallback.Question,
            Context = Name("context") ?? fallback.Context,
            Answers = Name("answers") ?? fallback.Answers,
            Choices = Name("choices") ?? fallback.Choices,
            Answer = Name("answer") ?? fallback.Answer,
            Cluster = Name("cluster"),
            Group = Name("group"),
        };

        string? Name(string role) => fields.Find(role) is null ? null : fields.RequireText(role);
    }

    private static void CheckCandidates(KeyedObject file, ITaskKind kind, string metric, TaskSettings settings)
    {
        if (kind.Kind != TaskKind.Cloze)
            return;
        if (settings.Candidates == CandidateSource.None && metric.StartsWith("candidate_", StringComparison.Ordinal))
        {
            throw file.Wrong(
                TaskFileKeys.Candidates, $"'cluster' or 'file' when '{metric}' decides", file.Find(TaskFileKeys.Candidates)!);
        }

        if (settings.Candidates == CandidateSource.Cluster && settings.Fields.Cluster is null)
        {
            throw GateException.Usage(
                "GATE5005", "candidates come from the item's cluster, and 'fields' names no 'cluster'",
                file.Find(TaskFileKeys.Fields)?.Location ?? file.Location,
                "name the field of the relation, \"fields\": { \"cluster\": \"relation\" }, or set \"candidates\" to \"file\" or \"none\"");
        }
    }
}
