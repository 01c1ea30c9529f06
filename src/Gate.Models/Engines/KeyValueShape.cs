namespace Gate.Models.Engines;

/// <summary>What one token keeps for those after it.</summary>
/// <param name="Layers">Blocks.</param>
/// <param name="Width">Values of all key heads of a block; as many for the value heads.</param>
internal readonly record struct KeyValueShape(int Layers, int Width)
{
    /// <summary>Bytes of one row over all blocks.</summary>
    public long BytesPerRow => 2L * sizeof(float) * Layers * Width;
}
