using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gate.Models.Checkpoints.Quantized;

/// <summary>A matrix of codes with a scale and a zero point for every row and group of columns: <c>scale · (code − zero)</c>, one binary32
/// subtraction (exact) and one multiplication.</summary>
internal sealed class ScaledMatrix(
    string name, ImmutableArray<TensorInfo> parts, MatrixCodes codes, ColumnGroups groups, GroupParameters parameters, ImmutableArray<TensorInfo> scales)
    : DerivedTensor(name, [codes.Rows, codes.Columns], parts)
{
    public override double CodeBits => codes.Bits;

    public override ImmutableArray<TensorInfo> Scales => scales;

    /// <summary>Whether the runtime is told to round activations to 8-bit integers, token by token.</summary>
    public bool HasIntegerActivations { get; init; }

    public override IntegerRows? Integers => HasIntegerActivations ? new IntegerRows(groups.Size, ReadIntegers) : null;

    public override void ReadRows(long firstRow, int rowCount, Span<float> destination)
    {
        codes.ReadRows(firstRow, rowCount, destination);
        float[] rowScales = new float[groups.Count], rowZeros = new float[groups.Count];
        for (int row = 0; row < rowCount; row++)
        {
            parameters.ReadRow(firstRow + row, rowScales, rowZeros);
            Span<float> values = destination.Slice(row * codes.Columns, codes.Columns);
            if (groups.Index is { } index)
            {
                for (int column = 0; column < values.Length; column++)
                    values[column] = rowScales[index[column]] * (values[column] - rowZeros[index[column]]);
                continue;
            }

            for (int group = 0; group < groups.Count; group++)
            {
                int start = group * groups.Size;
                Scale(values[start..Math.Min(start + groups.Size, values.Length)], rowScales[group], rowZeros[group]);
            }
        }
    }

    private void ReadIntegers(int row, Span<sbyte> rowCodes, Span<float> rowScales)
    {
        float[] values = new float[codes.Columns];
        codes.ReadRows(row, 1, values);
        for (int column = 0; column < values.Length; column++)
            rowCodes[column] = (sbyte)values[column];
        parameters.ReadRow(row, rowScales, new float[groups.Count]);
    }

    private static void Scale(Span<float> values, float scale, float zero)
    {
        ref float start = ref MemoryMarshal.GetReference(values);
        Vector256<float> scales = Vector256.Create(scale), zeros = Vector256.Create(zero);
        int index = 0;
        for (; index <= values.Length - Vector256<float>.Count; index += Vector256<float>.Count)
            ((Vector256.LoadUnsafe(ref start, (nuint)index) - zeros) * scales).StoreUnsafe(ref start, (nuint)index);
        for (; index < values.Length; index++)
            values[index] = scale * (values[index] - zero);
    }
}
