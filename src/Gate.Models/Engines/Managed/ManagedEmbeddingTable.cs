namespace Gate.Models.Engines.Managed;

/// <summary>An embedding table that stays in the memory map; rows are widened as they are looked up.</summary>
internal sealed class ManagedEmbeddingTable(StoredMatrix table) : EmbeddingTable
{
    public override int Rows => table.Rows;

    public override int Columns => table.Columns;

    /// <summary>Widens one row.</summary>
    public void CopyRow(int id, Span<float> destination) => table.ReadSingles(id, 1, destination);
}
