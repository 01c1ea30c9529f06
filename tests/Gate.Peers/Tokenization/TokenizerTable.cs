using System.Diagnostics;
using System.Globalization;
using System.Text;
using Gate.Models.Tokenization;
using Gate.Tests;
using Peer = Tokenizers.DotNet.Tokenizer;

namespace Gate.Peers.Tokenization;

/// <summary>
/// Gate's tokenizers beside the Rust library, in one run: <c>tokenizers [FOLDER…]</c>, without folders those of the tests. For every folder the milliseconds of
/// loading, then of encoding texts with both, taking turns, the fastest of several rounds each; the ratio is the library's time over Gate's.
/// </summary>
internal static class TokenizerTable
{
    private const int Rounds = 9;
    private const int RunLength = 100_000;

    /// <summary>Prints the table; 1 when ids differ.</summary>
    public static int Run(string[] args)
    {
        string[] folders = args.Length > 0 ? args : [.. Directory.EnumerateDirectories(Repository.Fixture("tokenizers")).Order(StringComparer.Ordinal)];
        (string Name, string[] Texts)[] workloads = [.. Workloads()];
        int different = 0;
        foreach (string folder in folders)
        {
            string file = Path.Combine(folder, "tokenizer.json");
            (double ours, double theirs) = Fastest(() => Tokenizer.Open(folder), () => new Peer(file).Dispose(), 3);
            Line($"{Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))}: loaded in {ours:F0} ms, the library in {theirs:F0} ms");
            Tokenizer tokenizer = Tokenizer.Open(folder)!;
            using var uncut = new Untruncated(file);
            using var peer = new Peer(uncut.Path);
            foreach ((string name, string[] texts) in workloads)
            {
                int unlike = texts.Count(text => !IsSame(tokenizer, peer, text));
                different += unlike;
                (ours, theirs) = Fastest(
                    () => Array.ForEach(texts, text => tokenizer.Encode(text, addSpecialTokens: true)), () => Array.ForEach(texts, text => peer.Encode(text)), Rounds);
                string note = unlike == 0 ? "" : $"  {unlike} of {texts.Length} texts with other ids";
                Line($"  {name,-28} {ours,9:F2} ms  {theirs,9:F2} ms  {theirs / ours,6:F2} x{note}");
            }
        }

        return different == 0 ? 0 : 1;
    }

    // Questions as a gate asks them, prose and code in one piece, and what tokenizers find hard.
    private static IEnumerable<(string Name, string[] Texts)> Workloads()
    {
        string prose = Gathered("docs", "*.md");
        string code = Gathered("src/Gate.Models", "*.cs");
        yield return ("lines", [.. prose.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(2000)]);
        yield return ("prose in one piece", [prose]);
        yield return ("code in one piece", [code]);
        foreach (string unit in (string[])["a", " ", "-", "\n", "\u00E9", "\u4E2D"])
            yield return ($"{RunLength} times U+{(int)unit[0]:X4}", [string.Concat(Enumerable.Repeat(unit, RunLength))]);
    }

    private static string Gathered(string folder, string pattern)
    {
        const int Length = 300_000;
        var text = new StringBuilder();
        foreach (string file in Directory.EnumerateFiles(Repository.PathOf(folder), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            text.Append(File.ReadAllText(file));
        return text.ToString(0, Math.Min(Length, text.Length));
    }

    private static bool IsSame(Tokenizer tokenizer, Peer peer, string text)
    {
        int[] ids = [.. peer.Encode(text).Select(id => (int)id)];
        return ids.SequenceEqual(tokenizer.Encode(text, addSpecialTokens: true)) || ids.SequenceEqual(tokenizer.Encode(text, addSpecialTokens: false));
    }

    private static (double Ours, double Theirs) Fastest(Action ours, Action theirs, int rounds)
    {
        (double first, double second) = (double.MaxValue, double.MaxValue);
        for (int round = 0; round < rounds; round++)
        {
            first = Math.Min(first, Milliseconds(ours));
            second = Math.Min(second, Milliseconds(theirs));
        }

        return (first, second);
    }

    private static double Milliseconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static void Line(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
