using System.Collections.Immutable;

namespace Gate.Models.Gguf;

/// <summary>The order in which a file holds the rows of a tensor of the model.</summary>
public sealed class RowOrder
{
    private readonly int[] _model;
    private readonly int[] _stored;

    private RowOrder(int[] model)
    {
        _model = model;
        _stored = new int[model.Length];
        for (int row = 0; row < model.Length; row++)
            _stored[model[row]] = row;
    }

    /// <summary>Number of rows.</summary>
    public int Count => _model.Length;

    /// <summary>Which of the model's rows lies at a row of the file.</summary>
    public int ModelRow(long storedRow) => _model[storedRow];

    /// <summary>Where a row of the model lies in the file.</summary>
    public int StoredRow(long modelRow) => _stored[modelRow];

    /// <summary>An order, or null when it changes nothing.</summary>
    /// <param name="model">The model's rows in the order of the file: every row once.</param>
    internal static RowOrder? Of(ImmutableArray<int> model)
    {
        for (int row = 0; row < model.Length; row++)
        {
            if (model[row] != row)
                return new RowOrder([.. model]);
        }

        return null;
    }

    /// <summary>The rows of heads whose two halves alternate.</summary>
    /// <param name="heads">Number of heads.</param>
    /// <param name="size">Rows of a head.</param>
    internal static ImmutableArray<int> Interleaved(int heads, int size) =>
        [.. Enumerable.Range(0, heads * size).Select(row => row - (row % size) + (row % size / 2) + (row % 2 * (size / 2)))];
}
