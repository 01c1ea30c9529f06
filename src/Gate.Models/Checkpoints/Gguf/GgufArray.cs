namespace Gate.Models.Checkpoints.Gguf;

/// <summary>Where an array among the keys of a GGUF file lies; it is read when somebody asks for it.</summary>
/// <param name="Type">The number of its elements' type.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Start">Byte of the first in the file.</param>
internal sealed record GgufArray(uint Type, ulong Count, int Start)
{
    /// <summary>As messages name it.</summary>
    public override string ToString() => "an array";
}
