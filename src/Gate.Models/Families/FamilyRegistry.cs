using Gate.Diagnostics;
using Gate.Models.Blueprints;
using Gate.Models.Checkpoints;
using Gate.Models.Families.Decoders;
using Gate.Models.Families.EncoderDecoders;
using Gate.Models.Families.Encoders;

namespace Gate.Models.Families;

/// <summary>A family: what its configurations mean.</summary>
/// <param name="configuration">The configuration.</param>
/// <param name="names">Names of tensors that are present.</param>
internal delegate Blueprint Family(FamilyConfiguration configuration, TensorNames names);

/// <summary>The families Gate knows, by <c>model_type</c>. A new one is one function and one line here.</summary>
internal static class FamilyRegistry
{
    private static readonly Dictionary<string, Family> Families = new(StringComparer.Ordinal)
    {
        ["llama"] = Llama.Read,
        ["mistral"] = Llama.Mistral,
        ["qwen2"] = Llama.Qwen2,
        ["qwen3"] = Llama.Qwen3,
        ["smollm3"] = Llama.SmolLm3,
        ["granite"] = Llama.Granite,
        ["mixtral"] = MixtureOfExperts.Mixtral,
        ["qwen2_moe"] = MixtureOfExperts.Qwen2,
        ["qwen3_moe"] = MixtureOfExperts.Qwen3,
        ["gpt_oss"] = GptOss.Read,
        ["gemma"] = Gemma.First,
        ["gemma2"] = Gemma.Second,
        ["gemma3_text"] = Gemma.Third,
        ["phi"] = Phi.First,
        ["phi3"] = Phi.Third,
        ["gpt2"] = Gpt2.Read,
        ["gpt_neox"] = GptNeox.Read,
        ["bloom"] = Bloom.Read,
        ["falcon"] = Falcon.Read,
        ["opt"] = Opt.Read,
        ["stablelm"] = StableLm.Read,
        ["starcoder2"] = Starcoder2.Read,
        ["olmo2"] = Olmo2.Read,
        ["cohere"] = Cohere.First,
        ["cohere2"] = Cohere.Second,
        ["bert"] = Bert.Read,
        ["roberta"] = Bert.Roberta,
        ["xlm-roberta"] = Bert.Roberta,
        ["camembert"] = Bert.Roberta,
        ["electra"] = Bert.Electra,
        ["distilbert"] = Bert.Distil,
        ["albert"] = Bert.Albert,
        ["modernbert"] = ModernBert.Read,
        ["t5"] = T5.Read,
        ["mt5"] = T5.Multilingual,
        ["bart"] = Bart.Read,
    };

    private static readonly string[] OtherHeads =
        ["ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering", "ForMultipleChoice", "ForNextSentencePrediction", "RewardModel", "DoubleHeadsModel"];

    /// <summary>The names of all families, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Families.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The model that a configuration describes.</summary>
    /// <param name="configuration">The configuration; of a multimodal model the text model's part of it is read.</param>
    /// <param name="has">Whether the checkpoint has a tensor.</param>
    /// <exception cref="GateException">Exit 4: a family Gate does not know (GATE3080), or a value or key it cannot run (GATE3081).</exception>
    public static Blueprint Read(ModelConfiguration configuration, Func<string, bool> has)
    {
        ModelConfiguration text = configuration.GetObject("text_config") is { } part && part.GetString("model_type") is { } type && Families.ContainsKey(type)
            ? part
            : configuration;
        if (!Families.TryGetValue(text.ModelType, out Family? family))
            throw Unknown(configuration, text.ModelType);
        RefuseOtherHeads(configuration);
        FamilyConfiguration read = new(text);
        Blueprint blueprint = family(read, new TensorNames(has));
        return blueprint with { Remarks = ConfigurationKeys.Check(text, read.Asked) };
    }

    // Their answers come from a head that Gate has no questions for; what is tied to the embedding would answer in its place.
    private static void RefuseOtherHeads(ModelConfiguration configuration)
    {
        const string Key = "architectures";
        if (configuration.GetTexts(Key)?.FirstOrDefault(name => OtherHeads.Any(head => name.EndsWith(head, StringComparison.Ordinal))) is { } found)
            throw FamilyConfiguration.Unsupported(configuration, Key, $"'{found}'", "a language model (…ForCausalLM, …LMHeadModel, …ForMaskedLM, …ForConditionalGeneration)");
    }

    /// <summary>The model that a configuration of a known family describes, whatever else it says.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="names">Names of tensors that are present.</param>
    /// <exception cref="GateException">Exit 4 (GATE3081): a value Gate cannot run.</exception>
    public static Blueprint Describe(FamilyConfiguration configuration, TensorNames names) => Families[configuration.ModelType](configuration, names);

    private static GateException Unknown(ModelConfiguration configuration, string type)
    {
        string nearest = NearestName.Find(type, Names) is { } name && IsTypingError(type, name) ? $" (did you mean '{name}'?)" : "";
        return GateException.Input(
            "GATE3080",
            $"model_type is '{type}'{nearest}; the families Gate can run are: {string.Join(", ", Names)}",
            new SourceLocation(configuration.Path),
            "use a model of a supported family");
    }

    // 'mixtral' is a family of its own, not a slip for 'mistral': only letters that are doubled, missing or swapped are typing errors.
    private static bool IsTypingError(string type, string name) =>
        string.Concat(type.ToLowerInvariant().Distinct().Order()) == string.Concat(name.Distinct().Order());
}
