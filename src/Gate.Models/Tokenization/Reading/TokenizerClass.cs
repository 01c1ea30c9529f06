namespace Gate.Models.Tokenization.Reading;

/// <summary>A tokenizer class of the transformers library: what it fills in where the files say nothing.</summary>
/// <param name="Name">Its name without <c>Tokenizer</c> and <c>Fast</c>.</param>
/// <param name="SpecialTokens">The special tokens it has unless the files name others, by key.</param>
/// <param name="MaskStripsLeft">Whether its mask takes the white space before it.</param>
/// <param name="AddsTokens">
/// Whether it puts the beginning-of-sequence and the end-of-sequence token around texts by <c>add_bos_token</c> and <c>add_eos_token</c>, whatever the
/// post-processor of <c>tokenizer.json</c> does, and which of them it puts when the keys are absent; null for classes that leave that to the post-processor.
/// </param>
internal sealed record TokenizerClass(
    string Name, IReadOnlyDictionary<string, string> SpecialTokens, bool MaskStripsLeft = false, (bool Beginning, bool End)? AddsTokens = null)
{
    private const string Text = "<|endoftext|>";

    private static readonly Dictionary<string, TokenizerClass> Known = new TokenizerClass[]
    {
        new("Llama", Special(bos: "<s>", eos: "</s>", unk: "<unk>"), AddsTokens: (true, false)),
        new("CodeLlama", Special(bos: "<s>", eos: "</s>", unk: "<unk>"), AddsTokens: (true, false)),
        new("Gemma", Special(bos: "<bos>", eos: "<eos>", unk: "<unk>", pad: "<pad>"), AddsTokens: (true, false)),
        new("Cohere", Special(bos: "<BOS_TOKEN>", eos: "<|END_OF_TURN_TOKEN|>", unk: "<UNK>", pad: "<PAD>"), AddsTokens: (true, false)),
        new("GPT2", Special(bos: Text, eos: Text, unk: Text)),
        new("CodeGen", Special(bos: Text, eos: Text, unk: Text)),
        new("Qwen2", Special(eos: Text, unk: Text, pad: Text)),
        new("Roberta", Special(bos: "<s>", eos: "</s>", unk: "<unk>", pad: "<pad>", cls: "<s>", sep: "</s>", mask: "<mask>"), MaskStripsLeft: true),
        new("XLMRoberta", Special(bos: "<s>", eos: "</s>", unk: "<unk>", pad: "<pad>", cls: "<s>", sep: "</s>", mask: "<mask>"), MaskStripsLeft: true),
        new("Camembert", Special(bos: "<s>", eos: "</s>", unk: "<unk>", pad: "<pad>", cls: "<s>", sep: "</s>", mask: "<mask>"), MaskStripsLeft: true),
        new("Deberta", Special(bos: "[CLS]", eos: "[SEP]", unk: "[UNK]", pad: "[PAD]", cls: "[CLS]", sep: "[SEP]", mask: "[MASK]"), MaskStripsLeft: true),
        new("DebertaV2", Special(bos: "[CLS]", eos: "[SEP]", unk: "[UNK]", pad: "[PAD]", cls: "[CLS]", sep: "[SEP]", mask: "[MASK]")),
        new("Bert", Special(unk: "[UNK]", pad: "[PAD]", cls: "[CLS]", sep: "[SEP]", mask: "[MASK]")),
        new("Albert", Special(bos: "[CLS]", eos: "[SEP]", unk: "<unk>", pad: "<pad>", cls: "[CLS]", sep: "[SEP]", mask: "[MASK]"), MaskStripsLeft: true),
        new("XLNet", Special(bos: "<s>", eos: "</s>", unk: "<unk>", pad: "<pad>", cls: "<cls>", sep: "<sep>", mask: "<mask>"), MaskStripsLeft: true),
        new("T5", Special(eos: "</s>", unk: "<unk>", pad: "<pad>")),
    }.ToDictionary(known => known.Name, StringComparer.Ordinal);

    // Other names of the same behaviour, and the class of a model whose files name none.
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["Bart"] = "Roberta",
        ["Longformer"] = "Roberta",
        ["LED"] = "Roberta",
        ["DistilBert"] = "Bert",
        ["Electra"] = "Bert",
        ["MobileBert"] = "Bert",
        ["Phi3"] = "Llama",
        ["bart"] = "Roberta",
        ["roberta"] = "Roberta",
        ["longformer"] = "Roberta",
        ["xlm-roberta"] = "XLMRoberta",
        ["camembert"] = "Camembert",
        ["bert"] = "Bert",
        ["distilbert"] = "Bert",
        ["electra"] = "Bert",
        ["mobilebert"] = "Bert",
        ["albert"] = "Albert",
        ["deberta"] = "Deberta",
        ["deberta-v2"] = "DebertaV2",
        ["xlnet"] = "XLNet",
        ["t5"] = "T5",
        ["mt5"] = "T5",
        ["umt5"] = "T5",
        ["MT5"] = "T5",
        ["gpt2"] = "GPT2",
        ["gptj"] = "GPT2",
        ["gpt_neo"] = "GPT2",
        ["opt"] = "GPT2",
        ["gpt_bigcode"] = "GPT2",
        ["starcoder2"] = "GPT2",
        ["codegen"] = "CodeGen",
        ["phi"] = "CodeGen",
        ["qwen2"] = "Qwen2",
        ["qwen2_moe"] = "Qwen2",
        ["qwen3"] = "Qwen2",
        ["qwen3_moe"] = "Qwen2",
        ["Qwen3"] = "Qwen2",
        ["llama"] = "Llama",
        ["mistral"] = "Llama",
        ["mixtral"] = "Llama",
        ["phi3"] = "Llama",
        ["gemma"] = "Gemma",
        ["gemma2"] = "Gemma",
        ["gemma3"] = "Gemma",
        ["gemma3_text"] = "Gemma",
        ["cohere"] = "Cohere",
        ["cohere2"] = "Cohere",
    };

    /// <summary>The class of a name, with <c>Tokenizer</c> and <c>Fast</c> or without, or of a <c>model_type</c>; null when Gate does not know it.</summary>
    public static TokenizerClass? Find(string name)
    {
        string bare = name.EndsWith("Fast", StringComparison.Ordinal) ? name[..^4] : name;
        bare = bare.EndsWith("Tokenizer", StringComparison.Ordinal) ? bare[..^9] : bare;
        return Known.GetValueOrDefault(Aliases.GetValueOrDefault(bare, bare));
    }

    private static Dictionary<string, string> Special(
        string? bos = null, string? eos = null, string? unk = null, string? pad = null, string? cls = null, string? sep = null, string? mask = null)
    {
        (string Key, string? Token)[] named =
        [
            ("bos_token", bos), ("eos_token", eos), ("unk_token", unk), ("sep_token", sep), ("pad_token", pad), ("cls_token", cls), ("mask_token", mask),
        ];
        return named.Where(entry => entry.Token is not null).ToDictionary(entry => entry.Key, entry => entry.Token!, StringComparer.Ordinal);
    }
}
