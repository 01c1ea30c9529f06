using System.Security.Cryptography;
using System.Text;
using Gate.Compression.Resumption;
using Gate.Diagnostics;

namespace Gate.Core.Caching;

/// <summary>
/// What of a cache is believed. Without a key: whole lines of files that nobody else can have written. With one: whatever carries a message authentication code
/// (HMAC-SHA-256) under that key, whoever's file it is in; whoever lacks the key can delete answers, and forge none.
/// </summary>
public sealed class CacheSeal
{
    /// <summary>The variable that holds a key.</summary>
    public const string Variable = "GATE_CACHE_KEY";

    private const int ShortestKey = 16;
    private const int CodeLength = 64;

    private readonly byte[]? _key;

    private CacheSeal(byte[]? key) => _key = key;

    /// <summary>Without a key: checksums, and the owner and mode of files.</summary>
    public static CacheSeal Unkeyed { get; } = new(null);

    /// <summary>Whether lines carry a message authentication code.</summary>
    public bool IsKeyed => _key is not null;

    /// <summary>The seal of a key.</summary>
    /// <param name="key">At least 16 characters, or null or an empty text for none.</param>
    /// <exception cref="GateException">Exit 2 (GATE1010): the key is too short to be one.</exception>
    public static CacheSeal Of(string? key) => key is not { Length: > 0 } ? Unkeyed
        : key.Length >= ShortestKey ? new CacheSeal(Encoding.UTF8.GetBytes(key))
        : throw GateException.Usage(
            "GATE1010", $"{Variable} must be a key of at least {ShortestKey} characters, found {key.Length}", remedy: "set it to a long random text, for example that of 'openssl rand -hex 32'");

    /// <summary>A text without line breaks as a line.</summary>
    /// <param name="place">Where the line stands: a line is believed in no other place.</param>
    /// <param name="payload">The text.</param>
    internal string Wrap(string place, string payload) => _key is null ? ChecksummedLine.Wrap(payload) : $"{Code(place, payload)} {payload}";

    /// <summary>The text of a line, or null when it is not whole, or was not written under this key in this place.</summary>
    internal string? Unwrap(string place, string line)
    {
        if (_key is null)
            return ChecksummedLine.Unwrap(line);
        if (line.Length <= CodeLength || line[CodeLength] != ' ')
            return null;
        string payload = line[(CodeLength + 1)..];
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(line[..CodeLength]), Encoding.UTF8.GetBytes(Code(place, payload))) ? payload : null;
    }

    /// <summary>A text as a whole file: as it is, or with its code on a last line.</summary>
    internal string WrapFile(string place, string text) => _key is null ? text : $"{text}{Code(place, text)}\n";

    /// <summary>The text of a whole file, or null when it was not written under this key in this place.</summary>
    internal string? UnwrapFile(string place, string file)
    {
        int start = file.Length - CodeLength - 1;
        return _key is null ? file : start > 0 && $"{Code(place, file[..start])}\n" == file[start..] ? file[..start] : null;
    }

    /// <summary>Why a file, or what is in a folder, is not to be believed; null when it is.</summary>
    /// <param name="path">Absolute.</param>
    internal string? Distrust(string path) => _key is null ? OwnFiles.Distrust(path)
        : FileStatus.Of(path)?.OtherKind is { } kind and not "a folder" ? $"'{path}' is {kind}" : null;

    private string Code(string place, string payload) => Convert.ToHexStringLower(HMACSHA256.HashData(_key!, Encoding.UTF8.GetBytes($"{place}\n{payload}")));
}
