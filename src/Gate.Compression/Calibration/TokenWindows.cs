using Gate.Diagnostics;
using Gate.Models.Tokenization;

namespace Gate.Compression.Calibration;

/// <summary>Cuts calibration documents into windows of tokens; the same seed gives the same windows.</summary>
public static class TokenWindows
{
    /// <summary>Exactly as many windows as asked for.</summary>
    /// <param name="documents">Texts.</param>
    /// <param name="tokenizer">The model's tokenizer; documents get its special tokens.</param>
    /// <param name="samples">Windows, at least 1.</param>
    /// <param name="length">Tokens of each window, at least 2.</param>
    /// <param name="seed">Decides the draw.</param>
    /// <param name="protocol">How to cut.</param>
    /// <exception cref="GateException">Exit 4 (GATE4051): the documents do not hold that many tokens.</exception>
    public static int[][] Cut(
        IReadOnlyList<string> documents, Tokenizer tokenizer, int samples, int length, long seed, WindowProtocol protocol = WindowProtocol.Packed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        SeededGenerator generator = new((ulong)seed);
        return protocol == WindowProtocol.Packed
            ? Pack(documents, tokenizer, samples, length, generator)
            : Crop(documents, tokenizer, samples, length, generator);
    }

    private static int[][] Pack(IReadOnlyList<string> documents, Tokenizer tokenizer, int samples, int length, SeededGenerator generator)
    {
        int[] order = [.. Enumerable.Range(0, documents.Count)];
        for (int i = order.Length - 1; i > 0; i--)
        {
            int j = generator.NextBelow(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        List<int[]> windows = [];
        List<int> pending = [];
        foreach (int index in order)
        {
            pending.AddRange(tokenizer.Encode(documents[index], addSpecialTokens: true));
            if (tokenizer.EndOfSequence is { } end && (pending.Count == 0 || pending[^1] != end))
                pending.Add(end);
            while (pending.Count >= length)
            {
                windows.Add([.. pending[..length]]);
                pending.RemoveRange(0, length);
                if (windows.Count == samples)
                    return [.. windows];
            }
        }

        throw TooFew($"{samples} windows of {length} tokens", $"{windows.Count}");
    }

    private static int[][] Crop(IReadOnlyList<string> documents, Tokenizer tokenizer, int samples, int length, SeededGenerator generator)
    {
        // Strictly longer, as in the reference: a document of exactly this length leaves no choice of where to crop.
        int[][] longer = [.. documents.Select(document => tokenizer.Encode(document, addSpecialTokens: true)).Where(ids => ids.Length > length)];
        if (longer.Length == 0)
            throw TooFew($"documents longer than {length} tokens", "none");
        int[][] windows = new int[samples][];
        for (int i = 0; i < samples; i++)
        {
            int[] document = longer[generator.NextBelow(longer.Length)];
            int start = generator.NextBelow(document.Length - length);
            windows[i] = document[start..(start + length)];
        }

        return windows;
    }

    private static GateException TooFew(string expected, string found) => GateException.Input(
        "GATE4051", $"The calibration data are too few: expected {expected}, found {found}.",
        remedy: "Ask for fewer samples or shorter sequences, or give more text.");
}
