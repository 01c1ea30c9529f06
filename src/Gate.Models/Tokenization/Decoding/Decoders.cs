using System.Text;
using Gate.Models.Tokenization.Models;
using Gate.Models.Tokenization.Normalization;
using Gate.Models.Tokenization.PreTokenization;

namespace Gate.Models.Tokenization.Decoding;

/// <summary>Decoders in order.</summary>
internal sealed class SequenceDecoder(IReadOnlyList<ITokenDecoder> parts) : ITokenDecoder
{
    /// <inheritdoc/>
    public List<string> Decode(List<string> tokens) => parts.Aggregate(tokens, (current, part) => part.Decode(current));

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("sequence").Add(parts, (part, into) => part.Describe(into));
}

/// <summary>Bytes spelled as characters, all tokens together; malformed UTF-8 becomes U+FFFD.</summary>
internal sealed class ByteLevelDecoder : ITokenDecoder
{
    /// <inheritdoc/>
    public List<string> Decode(List<string> tokens) => [Encoding.UTF8.GetString([.. tokens.SelectMany(ByteCharacters.BytesOf)])];

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("byte level");
}

/// <summary>A visible space back to a space; at the very beginning it is dropped when one was put there.</summary>
internal sealed class MetaspaceDecoder(string replacement, PrependScheme scheme) : ITokenDecoder
{
    /// <inheritdoc/>
    public List<string> Decode(List<string> tokens) =>
        [.. tokens.Select((token, i) => token.Replace(replacement, i == 0 && scheme != PrependScheme.Never ? "" : " ", StringComparison.Ordinal))];

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("metaspace").Add(replacement).Add((int)scheme);
}

/// <summary>Replaces a pattern in every token.</summary>
internal sealed class ReplaceDecoder(ReplaceNormalizer replace) : ITokenDecoder
{
    /// <inheritdoc/>
    public List<string> Decode(List<string> tokens) => [.. tokens.Select(replace.Normalize)];

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => replace.Describe(digest);
}

/// <summary>All tokens as one.</summary>
internal sealed class FuseDecoder : ITokenDecoder
{
    /// <inheritdoc/>
    public List<string> Decode(List<string> tokens) => [string.Concat(tokens)];

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("fuse");
}

/// <summary>Runs of <c>&lt;0xNN&gt;</c> tokens as UTF-8; a run that is not valid becomes one U+FFFD per byte.</summary>
internal sealed class ByteFallbackDecoder : ITokenDecoder
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <inheritdoc/>
    public List<string> Decode(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        var bytes = new List<byte>();
        foreach (string token in tokens)
        {
            int value = ByteFallback.ByteOf(token);
            if (value >= 0)
            {
                bytes.Add((byte)value);
                continue;
            }

            Flush(bytes, result);
            result.Add(token);
        }

        Flush(bytes, result);
        return result;
    }

    private static void Flush(List<byte> bytes, List<string> result)
    {
        if (bytes.Count == 0)
            return;
        try
        {
            result.Add(Strict.GetString([.. bytes]));
        }
        catch (DecoderFallbackException)
        {
            result.AddRange(Enumerable.Repeat("\uFFFD", bytes.Count));
        }

        bytes.Clear();
    }

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("byte fallback");
}

/// <summary>Cuts up to so many of one character off the ends of every token.</summary>
internal sealed class StripDecoder(char content, int start, int stop) : ITokenDecoder
{
    /// <inheritdoc/>
    public List<string> Decode(List<string> tokens) => [.. tokens.Select(Strip)];

    private string Strip(string token)
    {
        int first = 0;
        int last = token.Length;
        while (first < Math.Min(start, token.Length) && token[first] == content)
            first++;
        while (token.Length - last < stop && last > first && token[last - 1] == content)
            last--;
        return token[first..last];
    }

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("strip").Add($"{content}").Add(start).Add(stop);
}
