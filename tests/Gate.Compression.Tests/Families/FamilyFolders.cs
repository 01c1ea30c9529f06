using System.Text.Json;
using Gate.Compression.Recipes;
using Gate.Models.Tests.Families.Binary64;
using Gate.Tests;

namespace Gate.Compression.Tests.Families;

/// <summary>The tiny models of every family in folders of their own, each with a tokenizer and text to calibrate on.</summary>
internal sealed class FamilyFolders : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("gate-families-").FullName;

    /// <summary>Families whose models are made here.</summary>
    public static IReadOnlyList<IReferenceModel> References { get; } = [new ElectraReference(), new ModernBertReference(), new GptOssReference(packed: false)];

    public CalibrationRecipe Calibration => new(Path.Combine(_root, "calibration.jsonl"), Samples: 16, SequenceLength: 24);

    public string Candidate => Path.Combine(_root, "candidate");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    // The fixtures have no tokenizer: one word for each id stands in.
    public string Prepare(string fixture)
    {
        string folder = Path.Combine(_root, fixture);
        Directory.CreateDirectory(folder);
        if (References.FirstOrDefault(reference => reference.Family == fixture) is { } reference)
            reference.Write(folder);
        else
            Copy(Repository.Fixture("architectures", fixture), folder);
        int words = References.Any(reference => reference.Family == fixture) ? 50 : 150;
        string vocabulary = string.Join(',', Enumerable.Range(0, words).Select(id => $"\"w{id}\":{id}"));
        File.WriteAllText(
            Path.Combine(folder, "tokenizer.json"),
            """{"version":"1.0","added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"WhitespaceSplit"},"post_processor":null,"decoder":null,"model":{"type":"WordLevel","vocab":{"""
            + vocabulary + """},"unk_token":"w0"}}""");
        Random random = new(7);
        File.WriteAllLines(
            Path.Combine(_root, "calibration.jsonl"),
            Enumerable.Range(0, 40).Select(_ => JsonSerializer.Serialize(new { text = string.Join(' ', Enumerable.Range(0, 40).Select(_ => $"w{random.Next(words)}")) })));
        return folder;
    }

    private static void Copy(string source, string folder)
    {
        foreach (string file in Directory.EnumerateFiles(source).Where(file => !file.Contains("golden", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
    }
}
