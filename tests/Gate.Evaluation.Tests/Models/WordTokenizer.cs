using System.Text.RegularExpressions;
using Gate.Models.Tokenization;

namespace Gate.Evaluation.Tests.Models;

/// <summary>A tokenizer whose tokens are words with the blank before them, single marks and single white space; ids in order of first use.</summary>
internal sealed partial class WordTokenizer : Tokenizer
{
    public const int EndId = 0;

    private readonly List<string> _tokens = ["<end>"];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal) { ["<end>"] = EndId };

    public override int VocabularySize => _tokens.Count;

    public override int? BeginningOfSequence => null;

    public override int? EndOfSequence => EndId;

    public override string Hash => "words";

    public override int[] Encode(string text, bool addSpecialTokens) => [.. Word().Matches(text).Select(match => Add(match.Value))];

    public override PairEncoding EncodePair(string first, string second, bool addSpecialTokens) =>
        throw new NotSupportedException("evaluation encodes no pairs of segments");

    public override string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens)
    {
        string text = "";
        foreach (int id in ids)
            text += id == EndId && skipSpecialTokens ? "" : _tokens[id];
        return text;
    }

    public override string? TokenOf(int id) => id >= 0 && id < _tokens.Count ? _tokens[id] : null;

    public override int? IdOf(string token) => _ids.TryGetValue(token, out int id) ? id : null;

    private int Add(string token)
    {
        if (_ids.TryGetValue(token, out int id))
            return id;
        _tokens.Add(token);
        return _ids[token] = _tokens.Count - 1;
    }

    [GeneratedRegex(@"<end>| ?[\p{L}\p{N}]+|\s|[^\s\p{L}\p{N}]", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
