using Gate.Diagnostics;
using Gate.Models.Checkpoints.Safetensors;

namespace Gate.Models.Checkpoints;

/// <summary>Looks at a model folder: what is in it, and if Gate cannot use it, why not.</summary>
internal static class CheckpointFolder
{
    /// <summary>The name of a checkpoint that is not sharded.</summary>
    public const string SingleFileName = "model.safetensors";

    /// <summary>The name of the model's configuration.</summary>
    public const string ConfigurationFileName = "config.json";

    /// <summary>Reads and parses <c>config.json</c>.</summary>
    /// <exception cref="GateException">Exit 4: no folder (GATE3001), no config.json (GATE3002), malformed (GATE3004).</exception>
    public static ModelConfiguration ReadConfiguration(string folder)
    {
        if (!Directory.Exists(folder))
            throw NoFolder(folder);
        string path = Path.Combine(folder, ConfigurationFileName);
        if (!File.Exists(path))
            throw NoConfiguration(path);
        return ModelConfiguration.Read(path);
    }

    /// <summary>Opens the safetensors files of a folder; one file, or shards with an index.</summary>
    /// <exception cref="GateException">Exit 4: none (GATE3005), both (GATE3028), pickled (GATE3006), or malformed.</exception>
    public static TensorStore OpenWeights(string folder)
    {
        string single = Path.Combine(folder, SingleFileName);
        if (File.Exists(single) && File.Exists(Path.Combine(folder, ShardIndex.FileName)))
        {
            throw GateException.Input(
                "GATE3028", $"{folder}: expected one set of weights, found two: {SingleFileName}, and shards that {ShardIndex.FileName} lists.", new SourceLocation(folder),
                "Remove the one that does not belong to config.json; loaders disagree which of the two counts.");
        }

        IReadOnlyList<SafetensorsFile> files = File.Exists(single)
            ? [SafetensorsFile.Open(single, SingleFileName)]
            : File.Exists(Path.Combine(folder, ShardIndex.FileName)) ? ShardIndex.Open(folder) : throw NoWeights(folder);
        return new TensorStore(folder, files.Select(file => file.File), files.SelectMany(file => file.Tensors));
    }

    private static GateException NoFolder(string folder)
    {
        bool isFile = File.Exists(folder);
        return GateException.Input(
            "GATE3001",
            $"{folder}: expected a model folder, found {(isFile ? "a file" : "nothing of that name")}.",
            new SourceLocation(folder),
            isFile
                ? "Name the folder that holds config.json and the weights, not a file in it."
                : "Check the path; a model folder holds config.json and model.safetensors.");
    }

    private static GateException NoConfiguration(string path) => GateException.Input(
        "GATE3002",
        $"{path}: expected the model's configuration, found no such file.",
        new SourceLocation(path),
        "Put the config.json that belongs to the weights beside them.");

    private static GateException NoWeights(string folder)
    {
        if (HasAny(folder, "pytorch_model*.bin") || HasAny(folder, "*.pt") || HasAny(folder, "*.pth"))
        {
            return GateException.Input(
                "GATE3006",
                $"{folder}: expected {SingleFileName} or {ShardIndex.FileName}, found only pickled weights; opening a pickle runs the code inside it.",
                new SourceLocation(folder),
                "Convert it where you trust it, in Python: model = AutoModelForCausalLM.from_pretrained(folder); "
                + "model.save_pretrained(folder, safe_serialization=True).");
        }

        string found = HasAny(folder, "*.safetensors") ? "safetensors files of other names and no index" : "no weights";
        return GateException.Input(
            "GATE3005",
            $"{folder}: expected {SingleFileName} or {ShardIndex.FileName}, found {found}.",
            new SourceLocation(folder),
            "Download the model again, with its weights in safetensors format.");
    }

    private static bool HasAny(string folder, string pattern) => Directory.EnumerateFiles(folder, pattern).Any();
}
