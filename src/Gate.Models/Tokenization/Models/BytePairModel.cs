using System.Collections.Concurrent;
using System.Text;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Models.Tokenization.Models;

/// <summary>The settings of a <see cref="BytePairModel"/>.</summary>
/// <param name="UnknownId">The id of characters outside the vocabulary, or null to drop them.</param>
/// <param name="FusesUnknown">Whether neighbouring unknown characters share one id.</param>
/// <param name="FallsBackToBytes">Whether unknown characters are first tried as <c>&lt;0xNN&gt;</c> tokens.</param>
/// <param name="IgnoresMerges">Whether a piece that is a token is taken whole, whatever the merges say.</param>
/// <param name="ContinuingPrefix">Put in front of every symbol but a piece's first.</param>
/// <param name="EndSuffix">Put behind a piece's last symbol.</param>
internal sealed record BytePairOptions(
    int? UnknownId, bool FusesUnknown, bool FallsBackToBytes, bool IgnoresMerges, string ContinuingPrefix, string EndSuffix);

/// <summary>Byte-pair encoding (Sennrich et al., 2016): characters, merged pair by pair in the order the merges were learned.</summary>
internal sealed class BytePairModel : ITokenModel
{
    private const int MaximumCachedLength = 64;
    private const int MaximumCachedPieces = 1 << 16;

    private readonly MergeTable _merges;
    private readonly BytePairOptions _options;
    private readonly int[] _byteIds;
    private readonly ConcurrentDictionary<string, int[]> _cache = new(StringComparer.Ordinal);

    /// <summary>Puts vocabulary, merges and settings together.</summary>
    public BytePairModel(Vocabulary vocabulary, MergeTable merges, BytePairOptions options)
    {
        (Vocabulary, _merges, _options) = (vocabulary, merges, options);
        _byteIds = ByteFallback.Ids(vocabulary);
    }

    /// <inheritdoc/>
    public Vocabulary Vocabulary { get; }

    /// <inheritdoc/>
    public void Tokenize(string piece, List<int> ids)
    {
        if (_options.IgnoresMerges && Vocabulary.IdOf(piece) is { } whole)
        {
            ids.Add(whole);
            return;
        }

        if (_cache.TryGetValue(piece, out int[]? known))
        {
            ids.AddRange(known);
            return;
        }

        List<int> symbols = Symbols(piece);
        Span<int> span = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(symbols);
        span = span[.._merges.Apply(span)];
        ids.AddRange(span);
        if (piece.Length <= MaximumCachedLength && _cache.Count < MaximumCachedPieces)
            _cache.TryAdd(piece, span.ToArray());
    }

    private List<int> Symbols(string piece)
    {
        var symbols = new List<int>(piece.Length);
        bool hasUnknown = false;
        for (int i = 0; i < piece.Length;)
        {
            CodePoints.At(piece, i, out int length);
            ReadOnlySpan<char> symbol = Affixed(piece, i, length);
            i += length;
            int id = Vocabulary.Find(symbol);
            if (id >= 0)
            {
                if (hasUnknown)
                    symbols.Add(_options.UnknownId!.Value);
                hasUnknown = false;
                symbols.Add(id);
                continue;
            }

            // An unknown that waits is not written before bytes: that is the order of the reference.
            if (_options.FallsBackToBytes && ByteFallback.TryAppend(_byteIds, symbol, symbols))
                continue;
            if (_options.UnknownId is not { } unknown)
                continue;
            if (hasUnknown && !_options.FusesUnknown)
                symbols.Add(unknown);
            hasUnknown = true;
        }

        if (hasUnknown)
            symbols.Add(_options.UnknownId!.Value);
        return symbols;
    }

    private ReadOnlySpan<char> Affixed(string piece, int start, int length)
    {
        bool isPrefixed = start > 0 && _options.ContinuingPrefix.Length > 0;
        bool isSuffixed = start + length == piece.Length && _options.EndSuffix.Length > 0;
        ReadOnlySpan<char> symbol = piece.AsSpan(start, length);
        if (!isPrefixed && !isSuffixed)
            return symbol;
        return new StringBuilder().Append(isPrefixed ? _options.ContinuingPrefix : "").Append(symbol).Append(isSuffixed ? _options.EndSuffix : "").ToString();
    }
}
