using Gate.Numerics.Memory;

namespace Gate.Models.Engines.Managed;

/// <summary>A matrix in native memory that grows with the batches and is never given back in between.</summary>
internal sealed class ManagedMatrix : DeviceMatrix, IDisposable
{
    private AlignedBuffer<float> _values = new(0);
    private int _rows;

    /// <summary>An empty matrix.</summary>
    public ManagedMatrix(int columns) => Columns = columns;

    public override int Rows => _rows;

    public override int Columns { get; }

    /// <summary>All rows, row-major.</summary>
    public Span<float> Values => _values.Slice(0, checked(_rows * Columns));

    /// <summary>Rows from <paramref name="first"/> on.</summary>
    public Span<float> RowsAt(int first, int count) => _values.Slice((long)first * Columns, checked(count * Columns));

    /// <summary>One row.</summary>
    public Span<float> Row(int row) => _values.Slice((long)row * Columns, Columns);

    /// <summary>Sets the number of rows; their values are whatever was there.</summary>
    public void Resize(int rows)
    {
        long needed = (long)rows * Columns;
        if (needed > _values.Length)
        {
            ((IDisposable)_values).Dispose();
            _values = new AlignedBuffer<float>(needed);
        }

        _rows = rows;
    }

    public void Dispose() => ((IDisposable)_values).Dispose();
}
