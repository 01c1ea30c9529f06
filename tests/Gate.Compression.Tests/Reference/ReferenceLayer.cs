using System.Text.Json;

namespace Gate.Compression.Tests.Reference;

/// <summary>One layer of a reference set with its inputs.</summary>
internal sealed class ReferenceLayer
{
    private readonly SafetensorsFixture _file;
    private readonly JsonElement _entry;

    public ReferenceLayer(ReferenceSet set, string name, JsonElement entry)
    {
        Name = name;
        _entry = entry;
        _file = set.File(entry.GetProperty("file").GetString()!);
    }

    public string Name { get; }

    public int Rows => _entry.GetProperty("out_features").GetInt32();

    public int Columns => _entry.GetProperty("in_features").GetInt32();

    public int Sequences => _entry.GetProperty("sequences").GetInt32();

    public float[] Weight => _file.Singles(_entry.GetProperty("weight").GetString()!);

    public float[] Activations => _file.Singles(_entry.GetProperty("activations").GetString()!);

    public float[] Hessian => _file.Singles(_entry.GetProperty("hessian").GetString()!);

    /// <summary>‖X Wᵀ − X W'ᵀ‖² / ‖X Wᵀ‖² over all activation rows, in double.</summary>
    public double ReconstructionError(ReadOnlySpan<float> weight, ReadOnlySpan<float> changed)
    {
        float[] activations = Activations;
        double error = 0, size = 0;
        for (int token = 0; token < activations.Length / Columns; token++)
        {
            for (int row = 0; row < Rows; row++)
            {
                double before = 0, after = 0;
                for (int column = 0; column < Columns; column++)
                {
                    double x = activations[token * Columns + column];
                    before += x * weight[row * Columns + column];
                    after += x * changed[row * Columns + column];
                }

                error += (before - after) * (before - after);
                size += before * before;
            }
        }

        return error / size;
    }
}
