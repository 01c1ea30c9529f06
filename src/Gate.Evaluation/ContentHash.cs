using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gate.Evaluation;

/// <summary>A SHA-256 over a sequence of values in which no two different sequences write the same bytes: every text is preceded by its length.</summary>
internal sealed class ContentHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Adds a text; null and the empty text differ.</summary>
    public ContentHash Add(string? text)
    {
        if (text is null)
            return Add(-1);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Add(bytes.Length);
        _hash.AppendData(bytes);
        return this;
    }

    /// <summary>Adds a list of texts and its length.</summary>
    public ContentHash Add(IReadOnlyCollection<string> texts)
    {
        Add(texts.Count);
        foreach (string text in texts)
            Add(text);
        return this;
    }

    /// <summary>Adds a list of numbers and its length.</summary>
    public ContentHash Add(IReadOnlyCollection<int> numbers)
    {
        Add(numbers.Count);
        foreach (int number in numbers)
            Add(number);
        return this;
    }

    /// <summary>Adds a number.</summary>
    public ContentHash Add(int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        _hash.AppendData(bytes);
        return this;
    }

    /// <summary>Adds a number, bit for bit.</summary>
    public ContentHash Add(double number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, number);
        _hash.AppendData(bytes);
        return this;
    }

    /// <summary>The hash in lower-case hexadecimal.</summary>
    public string ToHexadecimal() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
