using Gate.Models.Tokenization;

namespace Gate.Models.Inference;

/// <summary>The special tokens that a tokenizer puts around a text, such as BERT's [CLS] and [SEP].</summary>
/// <param name="Opening">Ids before the text.</param>
/// <param name="Closing">Ids behind it.</param>
public sealed record TextFrame(IReadOnlyList<int> Opening, IReadOnlyList<int> Closing)
{
    // Any text that every vocabulary can spell: what stands around its ids is the frame.
    private const string Probe = "a";

    /// <summary>The frame of a tokenizer.</summary>
    public static TextFrame Of(Tokenizer tokenizer)
    {
        int[] plain = tokenizer.Encode(Probe, addSpecialTokens: false), framed = tokenizer.Encode(Probe, addSpecialTokens: true);
        int start = framed.AsSpan().IndexOf(plain);
        return new TextFrame(framed[..start], framed[(start + plain.Length)..]);
    }
}
