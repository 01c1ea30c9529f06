
namespace Gate.Models.Calibration;

/// <summary>The inputs of one group of linear layers on all calibration windows: in memory up to a limit, beyond it in a temporary file.</summary>
public sealed class RecordedInputs : IDisposable
{
    private readonly ResidualBuffer _values;
    private readonly long[] _offsets;

    internal RecordedInputs(IReadOnlyList<int[]> windows, int columns, long memoryBytes)
    {
        Columns = columns;
        _offsets = new long[windows.Count + 1];
        for (int i = 0; i < windows.Count; i++)
            _offsets[i + 1] = _offsets[i] + ((long)windows[i].Length * columns);
        _values = new ResidualBuffer(_offsets[^1], memoryBytes);
    }

    /// <summary>Input features.</summary>
    public int Columns { get; }

    /// <summary>The inputs on one window.</summary>
    /// <param name="window">Index of the window.</param>
    /// <param name="destination">Room for its tokens × <see cref="Columns"/> values.</param>
    public void Read(int window, Span<float> destination) => _values.Read(_offsets[window], destination);

    /// <summary>Removes the file, if there is one.</summary>
    public void Dispose() => _values.Dispose();

    internal void Write(int window, ReadOnlySpan<float> rows) => _values.Write(_offsets[window], rows);
}
