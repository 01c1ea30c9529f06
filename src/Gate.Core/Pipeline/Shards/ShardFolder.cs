using System.Collections.Immutable;
using Gate.Core.Caching;
using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Evaluation.Tasks;
using Gate.Models.Inference;

namespace Gate.Core.Pipeline.Shards;

/// <summary>The answers of one part, in a folder that can be carried to the machine that judges. Each answer has the key it was made for.</summary>
public static class ShardFolder
{
    /// <summary>Writes a part's answers; the folder appears as a whole.</summary>
    /// <param name="folder">Absolute; an earlier part of that name is replaced.</param>
    /// <param name="seal">Under what the answers are sealed.</param>
    /// <param name="answers">For each model and task, the items and their results.</param>
    /// <exception cref="GateException">Exit 4: the folder cannot be written.</exception>
    internal static void Write(
        string folder, CacheSeal seal, IEnumerable<(ModelIdentity Model, AskedTask Task, ImmutableArray<ItemResult> Results)> answers)
    {
        string temporary = $"{folder}.{UniqueName.Next()}.tmp";
        try
        {
            var cache = new ItemResultCache(new CacheStore(temporary, seal));
            OwnFiles.CreateFolder(temporary);
            foreach ((ModelIdentity model, AskedTask task, ImmutableArray<ItemResult> results) in answers)
            {
                using ItemResultEntries entries = cache.Open(model, task.Definition);
                if (entries.Keep(task.Items.Zip(results)) is { } failure)
                    throw new IOException(failure);
            }

            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            Directory.Move(temporary, folder);
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            throw GateException.Input(
                "GATE3101", $"'{ConfigurationReader.Show(folder, Directory.GetCurrentDirectory())}' cannot be written: {exception.Message}",
                remedy: "free the place, fix its permissions, or choose another with --report-dir", innerException: exception);
        }
    }

    /// <summary>Adds the answers of a part, and what a part of a sweep measured, to a cache.</summary>
    /// <param name="folder">Absolute path of a folder that <c>gate run --shard</c> or <c>gate sweep --shard</c> wrote.</param>
    /// <param name="shown">The folder as messages show it.</param>
    /// <param name="cache">The cache; the part is believed as far as it would be.</param>
    /// <exception cref="GateException">Exit 4: there is no such folder, it holds no answers, others may have written them, some are damaged, or the cache cannot be
    /// written.</exception>
    public static int Import(string folder, string shown, CacheStore cache)
    {
        List<string> foreign = [];
        CacheStore part = new(folder, cache.Seal, foreign.Add);
        ImmutableArray<CacheCheck> entries = [.. CacheMaintenance.Verify(part).Where(check => check.Entry.Kind is "items" or "trials" or "planning")];
        if (foreign.Count > 0)
        {
            throw GateException.Input(
                "GATE3133", $"others may have written the answers in '{shown}': {foreign[0]}", new SourceLocation(shown),
                $"make sure that they come from your own runs, then take the permission away (chmod -R go-w) or own them (chown -R); or run all parts and the merge with one {CacheSeal.Variable}");
        }

        int damaged = entries.Sum(entry => entry.Damaged);
        if (damaged > 0 || !entries.Any(entry => entry.Entry.Kind == "items"))
        {
            throw GateException.Input(
                "GATE3131", damaged == 0 ? $"'{shown}' holds no answers" : $"{damaged} answers in '{shown}' are damaged",
                new SourceLocation(shown), $"name a folder that 'gate run --shard' or 'gate sweep --shard' wrote, and carry it over as a whole; {CacheSeal.Variable} must be the same in all parts and here, or unset");
        }

        try
        {
            foreach (CacheCheck entry in entries)
            {
                using Journal from = part.Open(entry.Entry.Kind, entry.Entry.Name);
                using Journal to = cache.Open(entry.Entry.Kind, entry.Entry.Name);
                to.Append(from.Check().Lines.Except(to.Check().Lines, StringComparer.Ordinal));
            }
        }
        catch (Exception exception) when (StorageFault.Is(exception))
        {
            throw GateException.Input(
                "GATE3101", $"the cache cannot be written: {exception.Message}", remedy: "choose another folder with --cache-dir", innerException: exception);
        }

        return entries.Sum(entry => entry.Intact);
    }
}
