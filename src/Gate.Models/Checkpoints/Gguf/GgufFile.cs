using System.Collections.Immutable;
using System.Numerics;
using Gate.Diagnostics;
using Gate.Models.Checkpoints.Safetensors;
using Gate.Numerics.NumberFormats;
using Gate.Numerics.PackedWeights.Gguf;

namespace Gate.Models.Checkpoints.Gguf;

/// <summary>A GGUF file (versions 2 and 3, little-endian): keys with values, and tensors. Everything the header says is held against the length of the
/// file before it is believed.</summary>
/// <param name="File">The open file.</param>
/// <param name="Metadata">Values by key: long, ulong, double, bool, string, or a <see cref="GgufArray"/>.</param>
/// <param name="Tensors">The tensors, in file order.</param>
internal sealed record GgufFile(MappedFile File, IReadOnlyDictionary<string, object?> Metadata, ImmutableArray<GgufTensor> Tensors)
{
    private const string Extension = ".gguf";
    private const int DefaultAlignment = 32;
    private const int MaximumDimensions = 4;

    /// <summary>The GGUF file that a path means: itself, or the only one in a folder without safetensors; null when it means none.</summary>
    /// <exception cref="GateException">Exit 4 (GATE3124): several.</exception>
    public static string? Find(string path)
    {
        if (System.IO.File.Exists(path))
            return path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? path : null;
        if (!Directory.Exists(path) || System.IO.File.Exists(Path.Combine(path, CheckpointFolder.SingleFileName)) || System.IO.File.Exists(Path.Combine(path, ShardIndex.FileName)))
            return null;
        string[] files = [.. Directory.EnumerateFiles(path, "*" + Extension).Order(StringComparer.Ordinal)];
        return files.Length <= 1
            ? files.FirstOrDefault()
            : throw GgufDiagnostics.Several(path, string.Join(", ", files.Take(4).Select(Path.GetFileName)) + (files.Length > 4 ? ", …" : ""));
    }

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="GateException">Exit 4: GATE3120, GATE3121 or GATE3123.</exception>
    public static GgufFile Open(string path)
    {
        var file = MappedFile.Open(path, Path.GetFileName(path));
        try
        {
            return Read(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>An array of texts among the keys, or null when there is no such key.</summary>
    /// <exception cref="GateException">Exit 4 (GATE3122): another type.</exception>
    public string[]? Texts(string key) => Elements(key, "an array of texts", [8], static (ref GgufCursor cursor, uint type, string key) => cursor.ReadString(key));

    /// <summary>An array of integers among the keys, or null when there is no such key.</summary>
    /// <exception cref="GateException">Exit 4 (GATE3122): another type.</exception>
    public int[]? Integers(string key) => Elements(key, "an array of integers", [0, 1, 2, 3, 4, 5], static (ref GgufCursor cursor, uint type, string key) =>
        (int)Math.Clamp((long)cursor.ReadValue(type, key), int.MinValue, int.MaxValue));

    /// <summary>An array of numbers among the keys, or null when there is no such key.</summary>
    /// <exception cref="GateException">Exit 4 (GATE3122): another type.</exception>
    public double[]? Numbers(string key) => Elements(key, "an array of numbers", [6, 12], static (ref GgufCursor cursor, uint type, string key) => (double)cursor.ReadValue(type, key));

    private delegate T ElementReader<T>(ref GgufCursor cursor, uint type, string key);

    private T[]? Elements<T>(string key, string expected, ReadOnlySpan<uint> types, ElementReader<T> read)
    {
        if (!Metadata.TryGetValue(key, out object? value))
            return null;
        if (value is not GgufArray array || !types.Contains(array.Type))
            throw GgufDiagnostics.Metadata(File.Path, key, expected, value is GgufArray ? "an array of another type" : $"{value}");
        GgufCursor cursor = new(File.Path, File.Read(array.Start, (int)Math.Min(File.Length - array.Start, int.MaxValue)));
        T[] elements = new T[checked((int)array.Count)];
        for (int i = 0; i < elements.Length; i++)
            elements[i] = read(ref cursor, array.Type, key);
        return elements;
    }

    private static GgufFile Read(MappedFile file)
    {
        GgufCursor cursor = new(file.Path, file.Read(0, (int)Math.Min(file.Length, int.MaxValue)));
        if (cursor.Remaining < 4 || !cursor.Take(4, "magic").SequenceEqual("GGUF"u8))
            throw GgufDiagnostics.NotGguf(file.Path, "a file that begins with 'GGUF'", "other bytes");
        uint version = cursor.ReadUInt32("version");
        if (version is not (2 or 3))
            throw GgufDiagnostics.NotGguf(file.Path, "version 2 or 3, little-endian", $"version {version}");
        ulong tensorCount = cursor.ReadUInt64("the number of tensors"), keyCount = cursor.ReadUInt64("the number of keys");

        var metadata = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (ulong i = 0; i < keyCount; i++)
        {
            string key = cursor.ReadString("a key");
            if (!metadata.TryAdd(key, cursor.ReadValue(cursor.ReadUInt32(key), key)))
                throw GgufDiagnostics.Damaged(file.Path, "every key once", $"'{key}' twice");
        }

        var entries = new List<(string Name, ImmutableArray<long> Shape, GgufBlockFormat Format, ulong Offset)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (ulong i = 0; i < tensorCount; i++)
        {
            entries.Add(ReadEntry(file.Path, ref cursor));
            if (!names.Add(entries[^1].Name))
                throw GgufDiagnostics.Damaged(file.Path, "every tensor once", $"'{entries[^1].Name}' twice");
        }

        int alignment = AlignmentOf(file.Path, metadata);
        long dataStart = ((long)cursor.Position + alignment - 1) / alignment * alignment;
        ImmutableArray<GgufTensor> tensors = [.. entries.Select(entry => Place(file, entry.Name, entry.Shape, entry.Format, entry.Offset, dataStart, alignment))];
        CheckDisjoint(file.Path, tensors);
        return new GgufFile(file, metadata, tensors);
    }

    private static (string Name, ImmutableArray<long> Shape, GgufBlockFormat Format, ulong Offset) ReadEntry(string path, ref GgufCursor cursor)
    {
        string name = cursor.ReadString("a tensor's name");
        uint dimensions = cursor.ReadUInt32(name);
        if (dimensions is 0 or > MaximumDimensions)
            throw GgufDiagnostics.Damaged(path, $"1 to {MaximumDimensions} dimensions of tensor '{name}'", $"{dimensions}");
        long[] shape = new long[dimensions];
        for (int i = 0; i < shape.Length; i++)
        {
            ulong extent = cursor.ReadUInt64(name);
            shape[shape.Length - 1 - i] = extent is > 0 and <= int.MaxValue
                ? (long)extent
                : throw GgufDiagnostics.Damaged(path, $"extents of tensor '{name}' from 1 to 2^31 - 1", $"{extent}");
        }

        uint type = cursor.ReadUInt32(name);
        var format = (GgufBlockFormat)type;
        if (!Enum.IsDefined(format))
        {
            throw GgufDiagnostics.Unsupported(
                path, $"tensor '{name}' in one of {string.Join(", ", Enum.GetNames<GgufBlockFormat>())}", $"the tensor type {type}{NameOf(type)}");
        }

        if (shape[^1] % GgufBlockFormats.ValuesPerBlock(format) != 0)
            throw GgufDiagnostics.Damaged(path, $"rows of tensor '{name}' that are whole {format} blocks", $"{shape[^1]} values");
        return (name, [.. shape], format, cursor.ReadUInt64(name));
    }

    private static GgufTensor Place(
        MappedFile file, string name, ImmutableArray<long> shape, GgufBlockFormat format, ulong offset, long dataStart, int alignment)
    {
        Int128 rows = 1;
        foreach (long extent in shape.Take(shape.Length - 1))
            rows *= extent;
        long rowBytes = GgufBlocks.BytesOf(format, shape[^1]);
        Int128 length = rows * rowBytes;
        if (offset % (ulong)alignment != 0)
            throw GgufDiagnostics.Damaged(file.Path, $"tensor '{name}' at a multiple of {alignment} bytes", $"offset {offset}");
        if ((Int128)dataStart + offset + length > file.Length)
            throw GgufDiagnostics.Damaged(file.Path, $"{length} bytes of tensor '{name}' from offset {offset}", $"a file of {file.Length} bytes");
        NumberFormat? plain = GgufTensor.PlainFormatOf(format);
        var stored = new TensorInfo(
            name, plain ?? NumberFormat.UInt8, plain is null ? [(long)rows, rowBytes] : shape, file.Name, dataStart + (long)offset, (long)length);
        return new GgufTensor(stored, format, shape);
    }

    private static void CheckDisjoint(string path, ImmutableArray<GgufTensor> tensors)
    {
        TensorInfo? previous = null;
        foreach (TensorInfo tensor in tensors.Select(tensor => tensor.Stored).OrderBy(tensor => tensor.Offset))
        {
            if (previous is not null && tensor.Offset < previous.Offset + previous.Length)
                throw GgufDiagnostics.Damaged(path, "tensors that do not overlap", $"'{previous.Name}' and '{tensor.Name}' sharing bytes");
            previous = tensor;
        }
    }

    private static int AlignmentOf(string path, Dictionary<string, object?> metadata)
    {
        if (!metadata.TryGetValue("general.alignment", out object? value))
            return DefaultAlignment;
        return value is long and > 0 and <= 1 << 20 && BitOperations.IsPow2((long)value)
            ? (int)(long)value
            : throw GgufDiagnostics.Metadata(path, "general.alignment", "a power of two", $"{value ?? "an array"}");
    }

    private static string NameOf(uint type) => type switch
    {
        9 => " (Q8_1)",
        15 => " (Q8_K)",
        16 => " (IQ2_XXS)",
        17 => " (IQ2_XS)",
        18 => " (IQ3_XXS)",
        19 => " (IQ1_S)",
        20 => " (IQ4_NL)",
        21 => " (IQ3_S)",
        22 => " (IQ2_S)",
        23 => " (IQ4_XS)",
        29 => " (IQ1_M)",
        34 => " (TQ1_0)",
        35 => " (TQ2_0)",
        39 => " (MXFP4)",
        _ => "",
    };
}
