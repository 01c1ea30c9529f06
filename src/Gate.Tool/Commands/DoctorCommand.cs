using System.CommandLine;
using System.Runtime.InteropServices;
using Gate.Core.Caching;
using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Models.Engines.Managed;
using Gate.Models.Engines.Plugins;
using Gate.Numerics;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate doctor</c>: what a maintainer asks for first.</summary>
internal static class DoctorCommand
{
    /// <summary>Returns the handler.</summary>
    public static CommandHandler Build(Command command) => (_, settings) =>
    {
        (string Name, string Value)[] findings = [.. Findings(settings)];
        if (settings.Json)
        {
            JsonOutput.Write(writer =>
            {
                writer.WriteStartObject();
                foreach ((string name, string value) in findings)
                    writer.WriteString(name, value);
                writer.WriteEndObject();
            });
        }
        else
        {
            int width = findings.Max(finding => finding.Name.Length);
            foreach ((string name, string value) in findings)
                ResultText.Line($"{name.PadRight(width)}  {value}");
        }

        return ExitCode.Passed;
    };

    private static IEnumerable<(string Name, string Value)> Findings(ToolSettings settings)
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        yield return ("gate", $"{VersionText.Version}, commit {VersionText.Commit}");
        yield return ("numerics revision", $"{NumericsRevision.Current}");
        yield return ("runtime", $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
        yield return ("sdk", Sdks());
        yield return ("system", RuntimeInformation.OSDescription);
        yield return ("simd", VersionText.Simd);
        yield return ("cores", $"{Environment.ProcessorCount}, {settings.Threads.Count} threads used");
        yield return ("memory", $"{ByteSize.Format(Math.Max(0, memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes))} free of {ByteSize.Format(memory.TotalAvailableMemoryBytes)}");
        yield return ("cache", settings.CacheFolder is { } cache ? $"{cache}, {ByteSize.Format(SizeOf(cache))}" : "none (--no-cache)");
        yield return ("cache key", settings.Seal.IsKeyed ? "set" : $"none ({CacheSeal.Variable})");
        yield return ("free disk, cache", Free(settings.CacheFolder ?? settings.WorkingFolder));
        yield return ("free disk, here", Free(settings.WorkingFolder));
        yield return ("configuration", Configuration(settings));
        yield return ("engine managed", $"{ManagedEngineFactory.Instance.Identity}, float32 on the processor, bit-exact");
        foreach ((string name, string value) in Torch(settings))
            yield return (name, value);
    }

    // A plug-in that is not there, or does not load, is what one asks the doctor about.
    private static IEnumerable<(string Name, string Value)> Torch(ToolSettings settings)
    {
        try
        {
            EngineSelection selection = EngineSelection.Managed with { Name = EngineSelection.TorchName, Folder = ConfiguredFolder(settings) };
            return [.. EnginePlugins.Describe(selection, name => settings.Environment.GetValueOrDefault(name)).Select(found => ($"engine torch, {found.Name}", found.Text))];
        }
        catch (GateException exception)
        {
            return [("engine torch", $"{exception.Diagnostic.Code}: {exception.Diagnostic.Message}; {exception.Diagnostic.Remedy}")];
        }
    }

    private static string? ConfiguredFolder(ToolSettings settings)
    {
        try
        {
            return ConfigurationReader.Read(ConfigurationLocator.FindAbove(settings.WorkingFolder), settings.Sources).Engine.Folder;
        }
        catch (GateException)
        {
            // Told beside the configuration already.
            return null;
        }
    }

    // The folder of SDKs beside the runtime that runs this process; the machine may have others.
    private static string Sdks()
    {
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "sdk"));
        return Directory.Exists(root)
            ? string.Join(", ", Directory.EnumerateDirectories(root).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal))
            : "none beside the runtime";
    }

    private static long SizeOf(string folder) => Directory.Exists(folder)
        ? new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Sum(file => file.Length)
        : 0;

    private static string Free(string folder)
    {
        try
        {
            return ByteSize.Format(new DriveInfo(folder).AvailableFreeSpace);
        }
        catch (Exception exception) when (StorageFault.Is(exception) || exception is ArgumentException)
        {
            return $"unknown ({exception.Message})";
        }
    }

    private static string Configuration(ToolSettings settings)
    {
        if (ConfigurationLocator.FindAbove(settings.WorkingFolder) is not { } file)
            return $"no {ConfigurationLocator.FileName} here or above";
        try
        {
            int overrides = settings.Environment.Keys.Count(name => name.StartsWith("GATE__", StringComparison.OrdinalIgnoreCase));
            ConfigurationReader.Read(file, settings.Sources);
            return $"{settings.Show(file)}, valid{(overrides == 0 ? "" : $", {overrides} keys from GATE__ variables")}";
        }
        catch (GateException exception)
        {
            return $"{settings.Show(file)}: {exception.Diagnostic}";
        }
    }
}
