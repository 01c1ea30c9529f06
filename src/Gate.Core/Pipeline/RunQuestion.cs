using System.Collections.Immutable;
using System.Security.Cryptography;
using Gate.Core.Caching;
using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Evaluation.Chat;
using Gate.Evaluation.Tasks;
using Gate.Models.Inference.Served;
using Gate.Models.Tokenization.Chat;
using Gate.Numerics;

namespace Gate.Core.Pipeline;

/// <summary>Everything a verdict is made from, without working it out: two runs of one question on one machine have one verdict.</summary>
public static class RunQuestion
{
    // Another build of any part may answer otherwise.
    private static readonly string Build = ContentHash.Of(
        new[]
        {
            typeof(GateRun), typeof(Compression.Compressor), typeof(TaskDefinition), typeof(Models.Inference.ILanguageModel), typeof(NumericsRevision),
            typeof(Results.GateResults),
        }.Select(type => type.Module.ModuleVersionId.ToString("N")));

    /// <summary>The question in one hash: configuration with its overrides, models, tasks with their data, where the answers go.</summary>
    /// <param name="configuration">The configuration in force.</param>
    /// <param name="candidate">A candidate made elsewhere, or null.</param>
    /// <param name="sources">The configuration's other sources.</param>
    /// <param name="context">The run.</param>
    /// <exception cref="Diagnostics.GateException">Exit 2 or 4: what the run itself would refuse.</exception>
    public static string Of(GateConfiguration configuration, NamedPath? candidate, ConfigurationSources sources, RunContext context)
    {
        NamedPath judged = candidate ?? configuration.Output;
        return ContentHash.Of(
            ["gate question 1", Build, configuration.File ?? "", .. Files(configuration, sources).SelectMany(file => new[] { file, HashOf(file) }),
             .. Models(configuration).Select(folder => FolderFingerprint.Of(folder, context.Clock)), Unnamed(configuration.Model), Unnamed(judged),
             .. Models(configuration).Where(_ => configuration.Suite.Chat.Mode != ChatMode.Off).Select(folder => ChatTemplate.HashOf(folder) ?? ""),
             .. AskedTask.Definitions(configuration.Suite).Select(task => task.DefinitionHash),
             judged.Full, Directory.Exists(judged.Full) ? FolderFingerprint.Of(judged.Full, context.Clock) : "",
             .. configuration.Reports.All, .. Overrides(sources), .. configuration.Thresholds.Select(threshold => $"{threshold.Key} {threshold.Limit:R}")]);
    }

    /// <summary>Every file the verdict is made from but the candidate, absolute: what a build must watch.</summary>
    public static ImmutableArray<string> Inputs(GateConfiguration configuration, ConfigurationSources sources) =>
        [.. Files(configuration, sources), .. Models(configuration).SelectMany(Directory.EnumerateFiles).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Models(GateConfiguration configuration) =>
        configuration.Model is { } model && Directory.Exists(model.Full) ? [model.Full] : [];

    private static IEnumerable<string> Files(GateConfiguration configuration, ConfigurationSources sources)
    {
        if (configuration.File is { } file)
            yield return Path.GetFullPath(file, sources.WorkingFolder);
        if (configuration.Recipe?.Calibration is { Data.Length: > 0 } calibration)
            yield return calibration.Data;
        if (configuration.Planning.Text is { } text)
            yield return text;
        if (configuration.Baseline.IsRatchet)
            yield return configuration.Baseline.Path.Full;
        ImmutableArray<TaskDefinition> definitions = AskedTask.Definitions(configuration.Suite);
        foreach ((string name, TaskDefinition definition) in configuration.Suite.Tasks.Zip(definitions))
        {
            // A built-in suite belongs to the build, except for data that are published elsewhere; a task of the user's is its file and its data.
            if (!TaskCatalogue.IsBuiltIn(name))
                yield return Path.GetFullPath(name, configuration.Suite.BaseFolder);
            else if (definition.Published.IsEmpty)
                continue;
            foreach (string data in definition.DataFiles())
                yield return data;
        }
    }

    // What answers behind an address may be another model today; only the user's revision says that it is not.
    private static string Unnamed(NamedPath? model) =>
        model is not null && ServedModelFile.IsIn(model.Full) && ServedModelFile.Read(model.Full).Revision is null ? UniqueName.Next() : "";

    private static IEnumerable<string> Overrides(ConfigurationSources sources) =>
    [
        .. sources.Options.Select(option => $"--{option.Key}={option.Value}"),
        .. sources.Environment.Where(pair => pair.Key.StartsWith("GATE__", StringComparison.OrdinalIgnoreCase)).Select(pair => $"{pair.Key}={pair.Value}")
            .Order(StringComparer.Ordinal),
        $"SOURCE_DATE_EPOCH={sources.Environment.GetValueOrDefault("SOURCE_DATE_EPOCH")}",
    ];

    private static string HashOf(string file)
    {
        if (!File.Exists(file))
            return "none";
        using FileStream stream = File.OpenRead(RegularFile.Require(file));
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
