using Gate.Models.Batching;

namespace Gate.Models.Engines;

/// <summary>A row-major binary32 matrix on an engine; only that engine can look inside.</summary>
internal abstract class DeviceMatrix
{
    /// <summary>Rows in use.</summary>
    public abstract int Rows { get; }

    /// <summary>Values per row.</summary>
    public abstract int Columns { get; }
}

/// <summary>The weights of one or several stacked linear layers on an engine, in whatever representation it computes with.</summary>
internal abstract class LinearWeights
{
    /// <summary>Output features, the sum over the stacked layers.</summary>
    public abstract int Outputs { get; }

    /// <summary>Input features.</summary>
    public abstract int Inputs { get; }
}

/// <summary>A table of rows to look up by token id.</summary>
internal abstract class EmbeddingTable
{
    /// <summary>Number of rows.</summary>
    public abstract int Rows { get; }

    /// <summary>Values per row.</summary>
    public abstract int Columns { get; }
}

/// <summary>Keys and values of earlier tokens, in rows that <see cref="KeyValueRun"/>s name.</summary>
internal abstract class KeyValueStore
{
    /// <summary>What a row holds.</summary>
    public abstract KeyValueShape Shape { get; }

    /// <summary>Makes room for as many rows; what is stored stays.</summary>
    public abstract void EnsureRows(int rows);
}
