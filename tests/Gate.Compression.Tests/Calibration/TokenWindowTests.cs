using Gate.Compression.Calibration;
using Gate.Diagnostics;
using Gate.Models.Tokenization;
using Gate.Tests;

namespace Gate.Compression.Tests.Calibration;

public sealed class TokenWindowTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-calibration-").FullName;
    private readonly Tokenizer _tokenizer = Tokenizer.Open(SampleModel.Folder)!;

    private static string Facts(string name) => Repository.PathOf("src", "Gate.Evaluation", "Suites", "facts", name);

    [Theory]
    [InlineData("calibration.jsonl", 640)]
    [InlineData("calibration.txt", 512)]
    public void Both_kinds_of_files_are_read(string name, int documents) => Assert.Equal(documents, CalibrationDocuments.Read(Facts(name)).Count);

    [Fact]
    public void Packed_windows_have_their_length_and_follow_the_seed()
    {
        IReadOnlyList<string> documents = CalibrationDocuments.Read(Facts("calibration.jsonl"));
        int[][] windows = TokenWindows.Cut(documents, _tokenizer, samples: 64, length: 128, seed: 1);

        Assert.Equal(64, windows.Length);
        Assert.All(windows, window => Assert.Equal(128, window.Length));
        Assert.Equal(windows, TokenWindows.Cut(documents, _tokenizer, 64, 128, seed: 1));
        Assert.NotEqual(windows, TokenWindows.Cut(documents, _tokenizer, 64, 128, seed: 2));
    }

    [Fact]
    public void Cropped_windows_are_runs_of_documents()
    {
        string[] documents = [.. CalibrationDocuments.Read(Facts("calibration.jsonl")).Take(50)];
        int[][] windows = TokenWindows.Cut(documents, _tokenizer, samples: 20, length: 16, seed: 3, WindowProtocol.Cropped);
        string[] encoded = [.. documents.Select(document => $" {string.Join(' ', _tokenizer.Encode(document, addSpecialTokens: true))} ")];
        Assert.All(windows, window => Assert.Contains(encoded, document => document.Contains($" {string.Join(' ', window)} ")));
    }

    [Theory]
    [Trait("Complaint", "20")]
    [InlineData(WindowProtocol.Packed)]
    [InlineData(WindowProtocol.Cropped)]
    public void Too_few_tokens_are_refused_and_never_filled_up(WindowProtocol protocol)
    {
        GateException exception = Assert.Throws<GateException>(() => TokenWindows.Cut(["a short text"], _tokenizer, 8, 64, 0, protocol));
        Assert.Equal("GATE4051", exception.Diagnostic.Code);
        Assert.Equal(ExitCode.InputUnavailable, exception.ExitCode);
    }

    [Theory]
    [InlineData("{\"text\":\"fine\"}\n{\"txt\":\"not\"}\n", 2)]
    [InlineData("{\"text\":7}\n", 1)]
    [InlineData("[]\n", 1)]
    [InlineData("{\"text\":\"fine\"}\n\n{\n", 3)]
    [InlineData("\n\n", 0)]
    public void A_malformed_line_is_named(string contents, int line)
    {
        string path = Path.Combine(_folder, "bad.jsonl");
        File.WriteAllText(path, contents);
        GateException exception = Assert.Throws<GateException>(() => CalibrationDocuments.Read(path));
        Assert.Equal("GATE4050", exception.Diagnostic.Code);
        Assert.Equal(line, exception.Diagnostic.Location!.Line);
    }

    [Fact]
    public void A_missing_file_is_refused() =>
        Assert.Equal("GATE4050", Assert.Throws<GateException>(() => CalibrationDocuments.Read(Path.Combine(_folder, "none.txt"))).Diagnostic.Code);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
