namespace Gate.Models.Blueprints;

/// <summary>What a language model can be asked.</summary>
public enum ModelKind
{
    /// <summary>The next token of a text.</summary>
    Causal,

    /// <summary>Masked tokens of a text.</summary>
    Masked,

    /// <summary>The next token of a text, given another text.</summary>
    EncoderDecoder,
}
