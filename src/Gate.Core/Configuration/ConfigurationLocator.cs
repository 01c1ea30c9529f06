using Gate.Diagnostics;

namespace Gate.Core.Configuration;

/// <summary>What <c>gate run</c> was pointed at.</summary>
/// <param name="ConfigurationFile">Absolute path of the configuration, or null when a model folder without one was named.</param>
/// <param name="ModelFolder">The model folder that was named instead, or null.</param>
public sealed record RunTarget(string? ConfigurationFile, NamedPath? ModelFolder);

/// <summary>Finds the configuration: a file, a folder that holds one, or the nearest one above the working folder.</summary>
public static class ConfigurationLocator
{
    /// <summary>The file's usual name.</summary>
    public const string FileName = "gate.json";

    /// <summary>Finds what to run.</summary>
    /// <param name="argument">A file, a folder, or null to walk up from the working folder.</param>
    /// <param name="workingFolder">Absolute.</param>
    /// <exception cref="GateException">Exit 2: nothing there.</exception>
    public static RunTarget Find(string? argument, string workingFolder)
    {
        if (argument is null)
        {
            return FindAbove(workingFolder) is { } nearest
                ? new RunTarget(nearest, null)
                : throw GateException.Usage(
                    "GATE1009", $"there is no {FileName} in the working folder or above it",
                    remedy: "make one with 'gate init', or name it: gate run FOLDER");
        }

        string full = Path.GetFullPath(argument, workingFolder);
        if (File.Exists(full))
            return new RunTarget(full, null);
        if (!Directory.Exists(full))
        {
            throw GateException.Usage(
                "GATE1009", $"there is no file or folder '{argument}'", remedy: "name a gate.json, a folder that holds one, or a model folder");
        }

        string inside = Path.Combine(full, FileName);
        if (File.Exists(inside))
            return new RunTarget(inside, null);
        if (File.Exists(Path.Combine(full, "config.json")))
            return new RunTarget(null, new NamedPath(argument, full));
        throw GateException.Usage(
            "GATE1009", $"the folder '{argument}' holds neither {FileName} nor a model (config.json)", remedy: "make a configuration with 'gate init'");
    }

    /// <summary>The nearest configuration in the working folder or above it, or null. Looks no further up than the root of the repository, so that a
    /// build never picks up a stranger's file.</summary>
    /// <param name="workingFolder">Absolute.</param>
    public static string? FindAbove(string workingFolder)
    {
        for (DirectoryInfo? folder = new(workingFolder); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, FileName);
            if (File.Exists(path))
                return path;
            if (Path.Exists(Path.Combine(folder.FullName, ".git")))
                break;
        }

        return null;
    }
}
