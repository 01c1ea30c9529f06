using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Gate.Compression.Recipes;
using Gate.Core.Pipeline;
using Gate.Diagnostics;
using Gate.Evaluation.Suites;
using Gate.Models.Checkpoints;
using Gate.Models.Tokenization;

namespace Gate.Core.Planning;

/// <summary>
/// A short text on which plans are compared. It is never one that a task of the built-in suite asks: what chooses a plan must not judge it.
/// </summary>
/// <param name="Windows">Token windows, each of at least two tokens.</param>
/// <param name="Hash">Hash of the windows.</param>
public sealed record HeldOutText(ImmutableArray<ImmutableArray<int>> Windows, string Hash)
{
    private const int LongestWindow = 128;

    /// <summary>Text that comes with the program, apart from every task's data.</summary>
    public static string BuiltInPath { get; } = Path.Combine(SuiteCatalogue.BuiltInFolder, SuiteCatalogue.DefaultName, "calibration.txt");

    /// <summary>Tokens scored in all windows.</summary>
    public int ScoredTokens => Windows.Sum(window => window.Length - 1);

    /// <summary>What a model reads: every window without its last token, which is predicted only.</summary>
    public IReadOnlyList<int[]> Inputs => [.. Windows.Select(window => window.AsSpan()[..^1].ToArray())];

    /// <summary>The text of the options.</summary>
    /// <param name="options">Which text, how much of it.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="model">The model's configuration, for the longest sequence it sees.</param>
    /// <param name="calibration">Calibration data of the candidates, or null: lines they share are left out.</param>
    /// <exception cref="GateException">As <see cref="Read"/>.</exception>
    public static HeldOutText Of(PlanningOptions options, Tokenizer tokenizer, ModelConfiguration model, CalibrationRecipe? calibration) => Read(
        options.Text ?? BuiltInPath, options.Tokens, tokenizer,
        model.GetInt32("max_position_embeddings", model.GetInt32("n_positions", LongestWindow)), calibration);

    /// <summary>Cuts a file into windows, spread evenly over the text.</summary>
    /// <param name="path">UTF-8 text.</param>
    /// <param name="tokens">Most tokens of all windows together.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="longest">The longest sequence the model sees.</param>
    /// <param name="calibration">Calibration data of the candidates, or null: lines they share are left out.</param>
    /// <exception cref="GateException">Exit 4 (GATE5031): the file cannot be read, or holds no two tokens that calibration does not see.</exception>
    public static HeldOutText Read(string path, int tokens, Tokenizer tokenizer, int longest, CalibrationRecipe? calibration)
    {
        string text;
        try
        {
            text = RegularFile.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (Exception exception) when (StorageFault.Is(exception) || exception is DecoderFallbackException)
        {
            throw GateException.Input(
                "GATE5031", $"the text {path} that plans are compared on cannot be read: {exception.Message}", new SourceLocation(path),
                "name a readable UTF-8 text in planning.text", exception);
        }

        if (calibration is not null)
            text = string.Join('\n', CalibrationOverlap.Without(calibration, text.Split('\n')));
        int[] ids = tokenizer.Encode(text, addSpecialTokens: false);
        int size = Math.Min(LongestWindow, longest);
        int available = ids.Length / size;
        if (ids.Length < 2)
        {
            string seen = calibration is null ? "" : $" that the calibration data {Path.GetFileName(calibration.Data)} do not share";
            throw GateException.Input(
                "GATE5031", $"the text {path} that plans are compared on holds {ids.Length} tokens{seen}; expected at least two", new SourceLocation(path),
                calibration is null ? "name a longer text in planning.text" : "name another text in planning.text, or calibrate on other data");
        }

        int count = Math.Max(1, Math.Min(available, tokens / size));
        int stride = Math.Max(1, available / count);
        ImmutableArray<ImmutableArray<int>> windows =
            [.. Enumerable.Range(0, count).Select(i => i * stride * size).Select(start => ids.AsSpan(start, Math.Min(size, ids.Length - start)).ToImmutableArray())];
        string joined = string.Join(';', windows.Select(window => string.Join(',', window)));
        return new HeldOutText(windows, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(joined))));
    }
}
