namespace Gate.Models.Inference.Scoring;

/// <summary>Counts the sequences all of whose wanted rows are answered.</summary>
internal sealed class SequenceProgress
{
    private readonly int[] _pending;
    private readonly IReadOnlyList<WantedRow> _rows;
    private readonly IProgress<int>? _progress;
    private int _finished;

    /// <summary>Starts with nothing answered.</summary>
    public SequenceProgress(int sequences, IReadOnlyList<WantedRow> rows, IProgress<int>? progress)
    {
        _pending = new int[sequences];
        _rows = rows;
        _progress = progress;
        foreach (WantedRow row in rows)
            _pending[row.Sequence]++;
    }

    /// <summary>Takes note of answered rows.</summary>
    public void Report(ReadOnlySpan<int> answered)
    {
        int before = _finished;
        foreach (int index in answered)
        {
            if (--_pending[_rows[index].Sequence] == 0)
                _finished++;
        }

        if (_finished > before)
            _progress?.Report(_finished);
    }
}
