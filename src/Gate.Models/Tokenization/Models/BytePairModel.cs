using System.Collections.Concurrent;
using System.Runtime.InteropServices;
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

    private readonly BytePairMerges _merges;
    private readonly BytePairOptions _options;
    private readonly int[] _byteIds;
    private readonly ConcurrentDictionary<string, int[]> _cache = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _known;

    /// <summary>Puts vocabulary, merges and settings together.</summary>
    public BytePairModel(Vocabulary vocabulary, BytePairMerges merges, BytePairOptions options)
    {
        (Vocabulary, _merges, _options) = (vocabulary, merges, options);
        _byteIds = ByteFallback.Ids(vocabulary);
        _known = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
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

        int start = 0;
        for (int i = 1; i < piece.Length; i++)
        {
            if (!_merges.Boundaries.Between(piece[i - 1], piece[i]))
                continue;
            TokenizeStretch(piece.AsSpan(start, i - start), start == 0, isLast: false, ids);
            start = i;
        }

        TokenizeStretch(piece.AsSpan(start), start == 0, isLast: true, ids);
    }

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest)
    {
        Vocabulary.Describe(digest.Add("byte pairs"));
        _merges.Table.Describe(digest);
        digest.Add(_options.UnknownId ?? -1).Add(_options.FusesUnknown).Add(_options.FallsBackToBytes).Add(_options.IgnoresMerges)
            .Add(_options.ContinuingPrefix).Add(_options.EndSuffix);
    }

    // There are boundaries only where symbols have no affixes, so that a stretch is merged alike wherever it stands.
    private void TokenizeStretch(ReadOnlySpan<char> stretch, bool isFirst, bool isLast, List<int> ids)
    {
        if (_known.TryGetValue(stretch, out int[]? known))
        {
            ids.AddRange(known);
            return;
        }

        List<int> symbols = Symbols(stretch, isFirst, isLast);
        Span<int> span = CollectionsMarshal.AsSpan(symbols);
        span = span[.._merges.Table.Apply(span)];
        ids.AddRange(span);
        if (stretch.Length <= MaximumCachedLength && _cache.Count < MaximumCachedPieces)
            _known.TryAdd(stretch, span.ToArray());
    }

    private List<int> Symbols(ReadOnlySpan<char> piece, bool isFirst, bool isLast)
    {
        var symbols = new List<int>(piece.Length);
        bool hasUnknown = false;
        for (int i = 0; i < piece.Length;)
        {
            CodePoints.At(piece, i, out int length);
            ReadOnlySpan<char> symbol = Affixed(piece.Slice(i, length), isFirst && i == 0, isLast && i + length == piece.Length);
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

    private ReadOnlySpan<char> Affixed(ReadOnlySpan<char> symbol, bool isFirst, bool isLast)
    {
        bool isPrefixed = !isFirst && _options.ContinuingPrefix.Length > 0;
        bool isSuffixed = isLast && _options.EndSuffix.Length > 0;
        return isPrefixed || isSuffixed ? $"{(isPrefixed ? _options.ContinuingPrefix : "")}{symbol}{(isSuffixed ? _options.EndSuffix : "")}" : symbol;
    }
}
