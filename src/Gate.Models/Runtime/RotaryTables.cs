using Gate.Models.Blueprints.Positions;
using Gate.Models.Engines;

namespace Gate.Models.Runtime;

/// <summary>Cosines and sines by position, made as far as sequences need them and kept on the engine; one table per length class.</summary>
internal sealed class RotaryTables(Rotary rotary, IComputeEngine engine)
{
    private const int FirstPositions = 256;

    private int _lengthClass = -1;
    private DeviceMatrix? _table;

    /// <summary>Positions in rows: Size / 2 cosines, then Size / 2 sines, multiplied by the attention factor.</summary>
    /// <param name="sequenceClass">Length class of all sequences of the batch.</param>
    /// <param name="positions">Positions needed, from 0.</param>
    public DeviceMatrix For(int sequenceClass, int positions)
    {
        if (_table is not null && _lengthClass == sequenceClass && _table.Rows >= positions)
            return _table;

        // Doubling keeps the work linear in the longest sequence; a table of another class is made anew.
        int rows = _lengthClass == sequenceClass && _table is not null ? _table.Rows : FirstPositions;
        while (rows < positions)
            rows *= 2;
        _table = engine.Upload(rows, rotary.Size, Compute(rows, sequenceClass));
        _lengthClass = sequenceClass;
        return _table;
    }

    private float[] Compute(int rows, int sequenceClass)
    {
        float[] frequencies = rotary.Scaling.Frequencies(rotary, sequenceClass);
        float factor = (float)rotary.Scaling.AttentionFactor;
        int pairs = rotary.Size / 2;
        float[] values = new float[checked(rows * rotary.Size)];
        for (int position = 0; position < rows; position++)
        {
            for (int pair = 0; pair < pairs; pair++)
            {
                // The angle is a binary32 product, as in the reference; its cosine is rounded once.
                double angle = position * frequencies[pair];
                values[(position * rotary.Size) + pair] = (float)Math.Cos(angle) * factor;
                values[(position * rotary.Size) + pairs + pair] = (float)Math.Sin(angle) * factor;
            }
        }

        return values;
    }
}
