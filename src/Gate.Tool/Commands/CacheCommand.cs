using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Gate.Core.Caching;
using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate cache list|prune|verify|path</c>.</summary>
internal static class CacheCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string> action = new("action") { Description = "list, prune, verify or path" };
        Option<string?> size = new("--max-size") { Description = "prune: most bytes that stay, for example \"500 MB\"; 0 removes all" };
        command.Arguments.Add(action);
        command.Options.Add(size);
        return (parsed, settings) =>
        {
            string folder = settings.CacheFolder ?? throw GateException.Usage("GATE1010", "--no-cache leaves no cache to work on", remedy: "leave it out");
            return parsed.GetValue(action) switch
            {
                "path" => Path(settings, folder),
                "list" => List(settings, CacheMaintenance.List(folder)),
                "verify" => Verify(settings, CacheMaintenance.Verify(new CacheStore(folder, settings.Seal))),
                "prune" => Prune(settings, folder, parsed.GetValue(size)),
                string other => throw GateException.Usage("GATE1010", $"'gate cache' can list, prune, verify or tell the path, found \"{other}\""),
                null => throw GateException.Usage("GATE1010", "'gate cache' needs one of list, prune, verify or path"),
            };
        };
    }

    private static ExitCode Path(ToolSettings settings, string folder)
    {
        if (settings.Json)
            JsonOutput.Texts(("path", folder));
        else
            ResultText.Line(folder);
        return ExitCode.Passed;
    }

    private static ExitCode List(ToolSettings settings, ImmutableArray<CacheEntry> entries)
    {
        if (settings.Json)
        {
            WriteJson(entries);
            return ExitCode.Passed;
        }

        ResultText.Table(settings, ["kind", "entry", "size", "last used"], [.. entries.Select(entry => (IReadOnlyList<string>)
            [entry.Kind, entry.Name, ByteSize.Format(entry.Bytes), Time(entry)])]);
        ResultText.Line($"{entries.Length} entries, {ByteSize.Format(entries.Sum(entry => entry.Bytes))}");
        return ExitCode.Passed;
    }

    private static ExitCode Verify(ToolSettings settings, ImmutableArray<CacheCheck> checks)
    {
        if (settings.Json)
        {
            JsonOutput.Write(writer =>
            {
                writer.WriteStartArray();
                foreach (CacheCheck check in checks)
                {
                    writer.WriteStartObject();
                    writer.WriteString("kind", check.Entry.Kind);
                    writer.WriteString("name", check.Entry.Name);
                    writer.WriteNumber("intactLines", check.Intact);
                    writer.WriteNumber("damagedLines", check.Damaged);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
            return ExitCode.Passed;
        }

        CacheCheck[] damaged = [.. checks.Where(check => check.Damaged > 0)];
        if (damaged.Length > 0)
        {
            ResultText.Table(settings, ["kind", "entry", "intact lines", "damaged lines"], [.. damaged.Select(check => (IReadOnlyList<string>)
                [check.Entry.Kind, check.Entry.Name, $"{check.Intact}", $"{check.Damaged}"])]);
        }

        ResultText.Line($"{checks.Sum(check => check.Intact)} lines intact, {checks.Sum(check => check.Damaged)} damaged; what is damaged, or may be somebody else's, is never used, it is computed again");
        return ExitCode.Passed;
    }

    private static ExitCode Prune(ToolSettings settings, string folder, string? size)
    {
        long most = size is null ? CacheLimit.Of(settings) : size == "0" ? 0 : ByteSize.Parse(size)
            ?? throw GateException.Usage("GATE1010", $"--max-size must be a size such as \"500 MB\", found \"{size}\"");
        ImmutableArray<CacheEntry> removed = CacheMaintenance.Prune(folder, most);
        if (settings.Json)
            WriteJson(removed);
        else
            ResultText.Line($"{removed.Length} entries removed, {ByteSize.Format(removed.Sum(entry => entry.Bytes))}");
        return ExitCode.Passed;
    }

    private static void WriteJson(ImmutableArray<CacheEntry> entries) => JsonOutput.Write(writer =>
    {
        writer.WriteStartArray();
        foreach (CacheEntry entry in entries)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", entry.Kind);
            writer.WriteString("name", entry.Name);
            writer.WriteNumber("bytes", entry.Bytes);
            writer.WriteString("lastUsed", Time(entry));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static string Time(CacheEntry entry) => entry.LastUsed.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
