using Gate.Models.Batching;
using Gate.Models.Blueprints;
using Gate.Models.Engines;

namespace Gate.Models.Runtime;

/// <summary>An embedding whose tables and weights are uploaded.</summary>
internal sealed class RunningEmbedding(Embedding embedding, Workspace workspace)
{
    private readonly EmbeddingTable _table = workspace.Table(embedding.Table.Tensor);
    private readonly EmbeddingTable? _positions = embedding.Positions is { } positions ? workspace.Table(positions.Table) : null;
    private readonly EmbeddingTable? _types = embedding.Types is { } types ? workspace.Table(types.Tensor) : null;
    private readonly NormWeights? _norm = workspace.Norm(embedding.Norm);
    private readonly LinearWeights? _projection = embedding.Projection is { } projection ? workspace.Linear(projection) : null;

    /// <summary>Makes the first residual stream of a batch.</summary>
    public void Run(RaggedBatch batch, DeviceMatrix stream)
    {
        IComputeEngine engine = workspace.Engine;
        DeviceMatrix rows = _projection is null ? stream : workspace.Scratch("embedded", embedding.Table.Inputs);
        engine.Embed(_table, batch.Tokens, rows);
        if (embedding.Scale != 1)
            engine.Scale(rows, embedding.Scale);
        if (_types is not null)
            Add(rows, _types, batch.Types.IsEmpty ? new int[batch.Count] : batch.Types);
        bool early = _positions?.Columns == rows.Columns;
        if (_positions is not null && early)
            Add(rows, _positions, PositionRows(batch, embedding.Positions!));
        if (_norm is not null)
            engine.Normalize(rows, _norm, rows);
        if (_projection is not null)
            workspace.Multiply(rows, _projection, embedding.Projection!, stream);
        if (_positions is not null && !early)
            Add(stream, _positions, PositionRows(batch, embedding.Positions!));
    }

    private void Add(DeviceMatrix rows, EmbeddingTable table, ReadOnlySpan<int> ids)
    {
        DeviceMatrix addend = workspace.Scratch("added", rows.Columns);
        workspace.Engine.Embed(table, ids, addend);
        workspace.Engine.Add(rows, addend);
    }

    private static int[] PositionRows(RaggedBatch batch, LearnedPositions positions)
    {
        int[] rows = new int[batch.Count];
        foreach (Segment segment in batch.Segments)
        {
            int next = segment.StartPosition;
            for (int token = segment.FirstToken; token < segment.FirstToken + segment.Count; token++)
                rows[token] = batch.Tokens[token] == positions.PaddingId ? positions.Offset - 1 : positions.Offset + next++;
        }

        return rows;
    }
}
