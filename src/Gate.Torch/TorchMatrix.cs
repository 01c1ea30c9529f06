using Gate.Models.Engines;
using static TorchSharp.torch;

namespace Gate.Torch;

/// <summary>A matrix that is a tensor of [rows, columns]; an operation that sets it puts another tensor in its place.</summary>
internal sealed class TorchMatrix(int columns) : DeviceMatrix, IDisposable
{
    private Tensor? _values;
    private int _rows;

    public override int Rows => _rows;

    public override int Columns => columns;

    /// <summary>Its values.</summary>
    public Tensor Values => _values ?? throw new InvalidOperationException("The matrix was never set.");

    /// <summary>Takes a tensor over.</summary>
    public void Set(Tensor values)
    {
        if (ReferenceEquals(values, _values))
            return;
        _values?.Dispose();
        _values = values.DetachFromDisposeScope();
        _rows = (int)values.size(0);
    }

    public void Dispose() => _values?.Dispose();
}
