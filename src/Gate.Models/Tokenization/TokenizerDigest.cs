using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Gate.Models.Tokenization;

/// <summary>
/// Gathers everything that decides ids and texts, as the parts of a tokenizer describe themselves, so that one tokenizer has one hash whatever files it was
/// read from and however they spell it.
/// </summary>
internal sealed class TokenizerDigest : IDisposable
{
    /// <summary>Raised when Gate comes to give other ids or texts for the same files: answers kept under the former hash are not taken for those of the new reading.</summary>
    private const int Revision = 3;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private HashSet<int> _added = [];

    /// <summary>Starts with the revision of reading.</summary>
    public TokenizerDigest() => Add(Revision);

    /// <summary>Says which ids are added tokens: cut out of texts first, they are none of the vocabulary's, in which some files have them and others do not.</summary>
    public TokenizerDigest LeaveOut(IEnumerable<int> added)
    {
        _added = added.ToHashSet();
        return this;
    }

    /// <summary>Whether an id is an added token.</summary>
    public bool LeavesOut(int id) => _added.Contains(id);

    /// <summary>Adds a text, kept apart from its neighbours by its length.</summary>
    public TokenizerDigest Add(string? text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text ?? "");
        Add(text is null ? -1 : bytes.Length);
        _hash.AppendData(bytes);
        return this;
    }

    /// <summary>Adds a number.</summary>
    public TokenizerDigest Add(int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        _hash.AppendData(bytes);
        return this;
    }

    /// <summary>Adds a truth value.</summary>
    public TokenizerDigest Add(bool value) => Add(value ? 1 : 0);

    /// <summary>Adds numbers and how many they are.</summary>
    public TokenizerDigest Add<T>(ReadOnlySpan<T> numbers)
        where T : unmanaged
    {
        Add(numbers.Length);
        _hash.AppendData(MemoryMarshal.AsBytes(numbers));
        return this;
    }

    /// <summary>Adds parts in order and how many they are.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="describe">Adds one.</param>
    public TokenizerDigest Add<T>(IReadOnlyCollection<T> parts, Action<T, TokenizerDigest> describe)
    {
        Add(parts.Count);
        foreach (T part in parts)
            describe(part, this);
        return this;
    }

    /// <summary>SHA-256 of what was added, in lower-case hexadecimal; the digest starts anew.</summary>
    public string Hash() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
