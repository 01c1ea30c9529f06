using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Gate.Tests;

/// <summary>A model folder with random weights, which the reference of a test reads as binary64.</summary>
internal sealed class RandomCheckpoint(int seed)
{
    private readonly Random _random = new(seed);
    private readonly SortedDictionary<string, (string Format, int[] Shape, byte[] Bytes)> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int[] Shape, double[] Values)> _values = new(StringComparer.Ordinal);

    /// <summary>Adds values spread evenly around a centre.</summary>
    public void Add(string name, double spread, double centre, params int[] shape)
    {
        float[] values = new float[shape.Aggregate(1, (product, extent) => product * extent)];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(centre + (spread * ((2 * _random.NextDouble()) - 1)));
        byte[] bytes = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), values[i]);
        AddStored(name, "F32", bytes, shape);
        Know(name, [.. values.Select(value => (double)value)], shape);
    }

    /// <summary>A weight and, where wanted, a bias.</summary>
    public void AddLinear(string module, int outputs, int inputs, bool bias = true)
    {
        Add($"{module}.weight", 1.5 / Math.Sqrt(inputs), 0, outputs, inputs);
        if (bias)
            Add($"{module}.bias", 0.2, 0, outputs);
    }

    /// <summary>A norm's weight and, where wanted, its bias.</summary>
    public void AddNorm(string module, int width, bool bias)
    {
        Add($"{module}.weight", 0.3, 1, width);
        if (bias)
            Add($"{module}.bias", 0.2, 0, width);
    }

    /// <summary>Adds a tensor of raw bytes.</summary>
    public void AddStored(string name, string format, byte[] bytes, params int[] shape) => _tensors.Add(name, (format, shape, bytes));

    /// <summary>Random bytes.</summary>
    public byte[] Bytes(int count, int from = 0, int below = 256) => [.. Enumerable.Range(0, count).Select(_ => (byte)_random.Next(from, below))];

    /// <summary>What the reference reads under a name.</summary>
    public void Know(string name, double[] values, params int[] shape) => _values[name] = (shape, values);

    public double[] Vector(string name) => _values[name].Values;

    public double[]? Optional(string name) => _values.TryGetValue(name, out (int[] Shape, double[] Values) found) ? found.Values : null;

    /// <summary>Rows of a matrix, or of one of a stack.</summary>
    public double[][] Matrix(string name, int index = 0)
    {
        (int[] shape, double[] values) = _values[name];
        int rows = shape[^2], columns = shape[^1];
        return [.. Enumerable.Range(0, rows).Select(row => values.AsSpan((((index * rows) + row) * columns), columns).ToArray())];
    }

    /// <summary>Writes <c>config.json</c> and <c>model.safetensors</c>.</summary>
    public void Write(string folder, string configuration)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), configuration);
        long offset = 0;
        string header = "{" + string.Join(',', _tensors.Select(pair =>
        {
            long start = offset;
            offset += pair.Value.Bytes.Length;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"\"{pair.Key}\":{{\"dtype\":\"{pair.Value.Format}\",\"shape\":[{string.Join(',', pair.Value.Shape)}],\"data_offsets\":[{start},{offset}]}}");
        })) + "}";
        byte[] text = Encoding.UTF8.GetBytes(header.PadRight((header.Length + 7) / 8 * 8));
        using FileStream file = File.Create(Path.Combine(folder, "model.safetensors"));
        file.Write(BitConverter.GetBytes((long)text.Length));
        file.Write(text);
        foreach ((_, _, byte[] bytes) in _tensors.Values)
            file.Write(bytes);
    }
}
