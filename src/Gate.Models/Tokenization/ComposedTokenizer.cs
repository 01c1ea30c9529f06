using System.Collections.Frozen;
using Gate.Diagnostics;
using Gate.Models.Tokenization.Decoding;
using Gate.Models.Tokenization.Models;
using Gate.Models.Tokenization.Normalization;
using Gate.Models.Tokenization.Patterns;
using Gate.Models.Tokenization.PostProcessing;
using Gate.Models.Tokenization.PreTokenization;

namespace Gate.Models.Tokenization;

/// <summary>The parts of a tokenizer, in the order a text passes them.</summary>
/// <param name="Path">The file they were read from, for messages.</param>
/// <param name="AddedTokens">Tokens cut out of the text first.</param>
/// <param name="Normalizer">Rewrites each piece between added tokens; null for none.</param>
/// <param name="PreTokenizer">Splits it; null for none.</param>
/// <param name="Model">Turns the splits into ids.</param>
/// <param name="PostProcessor">Adds special tokens.</param>
/// <param name="Decoder">Turns tokens back into text; null joins them with spaces.</param>
internal sealed record TokenizerParts(
    string Path,
    IReadOnlyList<AddedToken> AddedTokens,
    INormalizer? Normalizer,
    IPreTokenizer? PreTokenizer,
    ITokenModel Model,
    IPostProcessor PostProcessor,
    ITokenDecoder? Decoder)
{
    /// <summary>The id of a token, added tokens first, or null.</summary>
    public int? IdOf(string token) => AddedTokens.FirstOrDefault(added => added.Content == token)?.Id ?? Model.Vocabulary.IdOf(token);

    /// <summary>Adds everything that decides ids and texts.</summary>
    public void Describe(TokenizerDigest digest)
    {
        // Without a normaliser all of them are looked for in the same text.
        bool isOneText = Normalizer is null && AddedTokens.All(token => token.IsNormalized);
        IEnumerable<AddedToken> tokens = AddedTokens.OrderBy(token => token.Id).Select(token => isOneText ? token with { IsNormalized = false } : token);
        Model.Describe(digest.LeaveOut(AddedTokens.Select(token => token.Id)).Add([.. tokens], (token, into) => token.Describe(into)));
        PostProcessor.Describe(digest);
        Normalizer?.Describe(digest.Add("normalizer"));
        PreTokenizer?.Describe(digest.Add("pre-tokenizer"));
        Decoder?.Describe(digest.Add("decoder"));
    }
}

/// <summary>A tokenizer composed of the parts that a model's files name, with the results of the Hugging Face library.</summary>
internal sealed class ComposedTokenizer : Tokenizer
{
    private readonly TokenizerParts _parts;
    private readonly AddedTokenMatcher _verbatim;
    private readonly AddedTokenMatcher _normalized;
    private readonly Dictionary<int, string> _addedById;
    private readonly Dictionary<string, int> _addedByContent;
    private readonly FrozenSet<string> _special;
    private readonly Lazy<string> _hash;

    /// <summary>Composes a tokenizer.</summary>
    public ComposedTokenizer(TokenizerParts parts, int? beginningOfSequence, int? endOfSequence)
    {
        _parts = parts;
        (BeginningOfSequence, EndOfSequence) = (beginningOfSequence, endOfSequence);
        _hash = new Lazy<string>(ComputeHash);
        _verbatim = new(parts.AddedTokens.Where(token => !token.IsNormalized).Select(token => (token.Content, token)));
        _normalized = new(parts.AddedTokens.Where(token => token.IsNormalized)
            .Select(token => (parts.Normalizer?.Normalize(token.Content) ?? token.Content, token)));
        _addedById = [];
        _addedByContent = new(StringComparer.Ordinal);
        foreach (AddedToken token in parts.AddedTokens)
        {
            _addedById[token.Id] = token.Content;
            _addedByContent[token.Content] = token.Id;
        }

        _special = parts.AddedTokens.Where(token => token.IsSpecial).Select(token => token.Content).ToFrozenSet(StringComparer.Ordinal);
        VocabularySize = Math.Max(parts.Model.Vocabulary.Size, parts.AddedTokens.Count == 0 ? 0 : parts.AddedTokens.Max(token => token.Id) + 1);
    }

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <inheritdoc/>
    public override int? BeginningOfSequence { get; }

    /// <inheritdoc/>
    public override int? EndOfSequence { get; }

    /// <inheritdoc/>
    public override string Hash => _hash.Value;

    /// <inheritdoc/>
    public override int[] Encode(string text, bool addSpecialTokens) => _parts.PostProcessor.Process(EncodeText(text), null, addSpecialTokens).Ids;

    /// <inheritdoc/>
    public override PairEncoding EncodePair(string first, string second, bool addSpecialTokens) =>
        _parts.PostProcessor.Process(EncodeText(first), EncodeText(second), addSpecialTokens);

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens)
    {
        var tokens = new List<string>(ids.Length);
        foreach (int id in ids)
        {
            if (TokenOf(id) is { } token && !(skipSpecialTokens && _special.Contains(token)))
                tokens.Add(token);
        }

        return _parts.Decoder is null ? string.Join(' ', tokens) : string.Concat(_parts.Decoder.Decode(tokens));
    }

    /// <inheritdoc/>
    public override string? TokenOf(int id) => _addedById.GetValueOrDefault(id) ?? _parts.Model.Vocabulary.TokenOf(id);

    /// <inheritdoc/>
    public override int? IdOf(string token) => _addedByContent.TryGetValue(token, out int id) ? id : _parts.Model.Vocabulary.IdOf(token);

    private string ComputeHash()
    {
        using var digest = new TokenizerDigest();
        _parts.Describe(digest);
        return digest.Add(BeginningOfSequence ?? -1).Add(EndOfSequence ?? -1).Hash();
    }

    private List<int> EncodeText(string text)
    {
        var ids = new List<int>((text.Length / 3) + 8);
        try
        {
            foreach (Piece piece in Pieces(Unicode.CodePoints.WellFormed(text)))
            {
                if (piece.AddedId >= 0)
                    ids.Add(piece.AddedId);
                else
                    EncodePiece(piece, ids);
            }
        }
        catch (PatternTooSlowException exception)
        {
            throw GateException.Input(
                "GATE3053",
                $"{_parts.Path}: expected a pattern that matches in bounded work, found one that did not finish on a text of {text.Length} characters.",
                new SourceLocation(_parts.Path),
                "Use a tokenizer without patterns that back-track without bound.",
                exception);
        }

        return ids;
    }

    private void EncodePiece(Piece piece, List<int> ids)
    {
        foreach (Piece part in _parts.PreTokenizer?.Split(piece) ?? [piece])
        {
            if (part.Text.Length > 0)
                _parts.Model.Tokenize(part.Text, ids);
        }
    }

    // Added tokens are cut out of the raw text first; what lies between is normalised piece by piece, and searched for the normalised ones.
    private IEnumerable<Piece> Pieces(string text)
    {
        foreach (Piece piece in _verbatim.Split(new Piece(text, IsAtStart: true)))
        {
            if (piece.AddedId >= 0)
            {
                yield return piece;
                continue;
            }

            Piece normalized = _parts.Normalizer is null ? piece : piece with { Text = _parts.Normalizer.Normalize(piece.Text) };
            foreach (Piece part in _normalized.Split(normalized))
                yield return part;
        }
    }
}
