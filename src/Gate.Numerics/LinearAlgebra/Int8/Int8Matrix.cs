using Gate.Numerics.Memory;

namespace Gate.Numerics.LinearAlgebra.Int8;

/// <summary>
/// Weights as signed 8-bit codes with a scale for every row and group of columns, packed for <see cref="Int8Product"/>: panels of 16 rows, in each panel
/// four consecutive inputs of row after row. Rows and inputs that fill up the last panel and quad are 0.
/// </summary>
public sealed class Int8Matrix : IDisposable
{
    /// <summary>Rows of a panel.</summary>
    internal const int PanelRows = 16;

    /// <summary>Consecutive inputs side by side.</summary>
    internal const int Quad = 4;

    // Σ 255 · 128 over a group must stay inside an int32.
    private const int MostColumnsOfGroup = 65_792;

    private readonly AlignedBuffer<sbyte> _codes;
    private readonly AlignedBuffer<float> _scales;
    private readonly AlignedBuffer<int> _sums;

    /// <summary>Makes room for a matrix of zeros; rows are put in by <see cref="SetRow"/>.</summary>
    /// <param name="rows">Output features.</param>
    /// <param name="columns">Input features.</param>
    /// <param name="groupSize">Columns that share a scale: a multiple of 4 unless it covers all columns; the last group may be shorter.</param>
    /// <exception cref="ArgumentOutOfRangeException">No rows or columns, or a group that no sum of 32 bits can hold.</exception>
    public Int8Matrix(int rows, int columns, int groupSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groupSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Min(groupSize, columns), MostColumnsOfGroup, nameof(groupSize));
        if (!CanHold(columns, groupSize))
            throw new ArgumentOutOfRangeException(nameof(groupSize), groupSize, "groups of several columns must be multiples of 4");
        (Rows, Columns) = (rows, columns);
        GroupSize = Math.Min(groupSize, columns);
        Groups = (columns + GroupSize - 1) / GroupSize;
        Quads = (columns + Quad - 1) / Quad;
        Panels = (rows + PanelRows - 1) / PanelRows;
        _codes = new AlignedBuffer<sbyte>((long)Panels * Quads * Quad * PanelRows);
        _scales = new AlignedBuffer<float>((long)Panels * Groups * PanelRows);
        _sums = new AlignedBuffer<int>((long)Panels * Groups * PanelRows);
    }

    /// <summary>Output features.</summary>
    public int Rows { get; }

    /// <summary>Input features.</summary>
    public int Columns { get; }

    /// <summary>Columns that share a scale.</summary>
    public int GroupSize { get; }

    /// <summary>Bytes of codes and scales.</summary>
    public long Bytes => _codes.Bytes + _scales.Bytes + _sums.Bytes;

    internal int Groups { get; }

    internal int Quads { get; }

    internal int Panels { get; }

    /// <summary>Whether groups of a size can be multiplied.</summary>
    public static bool CanHold(int columns, int groupSize) =>
        Math.Min(groupSize, columns) <= MostColumnsOfGroup && (groupSize % Quad == 0 || groupSize >= columns);

    /// <summary>Puts in a row.</summary>
    /// <param name="row">Which.</param>
    /// <param name="codes">One code for each column.</param>
    /// <param name="scales">One scale for each group.</param>
    public void SetRow(int row, ReadOnlySpan<sbyte> codes, ReadOnlySpan<float> scales)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        LengthCheck.RequireEqual(Columns, codes.Length);
        LengthCheck.RequireEqual(Groups, scales.Length);
        int panel = row / PanelRows, lane = row % PanelRows;
        Span<sbyte> packed = _codes.Slice((long)panel * Quads * Quad * PanelRows, Quads * Quad * PanelRows);
        Span<float> packedScales = _scales.Slice((long)panel * Groups * PanelRows, Groups * PanelRows);
        Span<int> sums = _sums.Slice((long)panel * Groups * PanelRows, Groups * PanelRows);
        for (int group = 0; group < Groups; group++)
        {
            int sum = 0;
            for (int column = group * GroupSize; column < Math.Min((group + 1) * GroupSize, Columns); column++)
            {
                packed[(((column / Quad * PanelRows) + lane) * Quad) + (column % Quad)] = codes[column];
                sum += codes[column];
            }

            packedScales[(group * PanelRows) + lane] = scales[group];
            sums[(group * PanelRows) + lane] = 128 * sum;
        }
    }

    internal unsafe sbyte* CodesOf(int panel) => _codes.Pointer + ((long)panel * Quads * Quad * PanelRows);

    internal unsafe float* ScalesOf(int panel) => _scales.Pointer + ((long)panel * Groups * PanelRows);

    // 128 · Σ codes of each row and group: what unsigned activations add to every sum.
    internal unsafe int* OffsetsOf(int panel) => _sums.Pointer + ((long)panel * Groups * PanelRows);

    /// <inheritdoc/>
    public void Dispose()
    {
        ((IDisposable)_codes).Dispose();
        ((IDisposable)_scales).Dispose();
        ((IDisposable)_sums).Dispose();
    }
}
