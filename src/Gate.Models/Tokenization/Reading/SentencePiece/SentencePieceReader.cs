namespace Gate.Models.Tokenization.Reading.SentencePiece;

/// <summary>Reads a folder whose vocabulary is a SentencePiece model.</summary>
internal static class SentencePieceReader
{
    private static readonly Dictionary<string, Func<SentencePieceConversion, TokenizerParts>> Conversions = new(StringComparer.Ordinal)
    {
        ["Llama"] = LlamaFamilies.Llama,
        ["Gemma"] = LlamaFamilies.Gemma,
        ["T5"] = UnigramFamilies.T5,
        ["Albert"] = UnigramFamilies.Albert,
        ["XLNet"] = UnigramFamilies.XLNet,
        ["XLMRoberta"] = UnigramFamilies.XlmRoberta,
        ["Camembert"] = UnigramFamilies.Camembert,
        ["DebertaV2"] = UnigramFamilies.DebertaV2,
    };

    /// <summary>The names of such models, the most usual first.</summary>
    public static IReadOnlyList<string> FileNames { get; } = ["tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "spm.model"];

    /// <summary>The tokenizer of a folder without <c>tokenizer.json</c>.</summary>
    /// <param name="path">The model file.</param>
    /// <param name="settings">What lies beside it.</param>
    /// <exception cref="Diagnostics.GateException">Exit 4: malformed (GATE3055), or a class Gate does not know (GATE3056).</exception>
    public static TokenizerParts Read(string path, TokenizerSettings settings)
    {
        (string? name, TokenizerClass? kind) = settings.ConversionClass();
        if (kind is null || !Conversions.TryGetValue(kind.Name, out Func<SentencePieceConversion, TokenizerParts>? convert))
            throw ConversionRefusals.UnknownClass(path, name, Conversions.Keys);
        return convert(new SentencePieceConversion(SentencePieceFile.Read(path), new Conversion(path, kind, settings)));
    }
}
