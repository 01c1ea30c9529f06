using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Diagnostics;
using Gate.Evaluation.Sources;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Commands;

/// <summary>The gate inside the tool: a small model with a configuration, unpacked where the user stands, so that both can be looked at and changed.</summary>
internal static class SampleGate
{
    /// <summary>Name of the folder it is unpacked to.</summary>
    public const string FolderName = "gate-sample";

    private static string Source => InstalledData.Folder("sample");

    /// <summary>Unpacks what is not there yet.</summary>
    /// <returns>The folder as an argument of <c>gate run</c>.</returns>
    /// <exception cref="GateException">Exit 4: the working folder cannot be written.</exception>
    public static string Unpack(ToolSettings settings)
    {
        string folder = Path.Combine(settings.WorkingFolder, FolderName);
        string model = Path.Combine(folder, "models", "facts-llama");
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Source, "models", "facts-llama")))
            Write(Path.Combine(model, Path.GetFileName(file)), () => File.ReadAllBytes(file));
        Write(Path.Combine(folder, "gate.schema.json"), () => System.Text.Encoding.UTF8.GetBytes(ConfigurationSchema.Render()));
        Write(Path.Combine(folder, ConfigurationLocator.FileName), () => System.Text.Encoding.UTF8.GetBytes(
            File.ReadAllText(Path.Combine(Source, "quickstart", ConfigurationLocator.FileName))
                .Replace("../../docs/schemas/v1/", "", StringComparison.Ordinal)
                .Replace("../models/", "models/", StringComparison.Ordinal)));
        return FolderName;
    }

    private static void Write(string path, Func<byte[]> content)
    {
        if (!File.Exists(path))
            AtomicFile.Write(path, content());
    }
}
