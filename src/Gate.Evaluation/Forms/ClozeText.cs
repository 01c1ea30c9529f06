using Gate.Diagnostics;
using Gate.Models.Blueprints;
using Gate.Models.Tokenization;

namespace Gate.Evaluation.Forms;

/// <summary>A text with a gap, as a kind of model reads it. The gap is written <c>[MASK]</c>, as LAMA writes it, whatever the model's own mask is called.</summary>
/// <param name="Read">What the model reads.</param>
/// <param name="MaskId">Id of the mask in it, or null where the gap is the text's end.</param>
/// <param name="Said">What the decoder of an encoder–decoder says first; empty for other models.</param>
internal sealed record ClozeText(string Read, int? MaskId, int[] Said)
{
    private const string Gap = "[MASK]";

    // The names of mask tokens of BERT's and of RoBERTa's kin.
    private static readonly string[] Masks = ["[MASK]", "<mask>"];

    private const string Sentinel = "<extra_id_0>";

    /// <summary>The text for a kind of model.</summary>
    /// <exception cref="GateException">Exit 4: a model that needs a gap and a text without one (GATE5026), or a tokenizer without the token that stands for it (GATE5027).</exception>
    public static ClozeText Of(string prompt, Tokenizer tokenizer, ModelKind kind)
    {
        int gap = prompt.IndexOf(Gap, StringComparison.Ordinal);
        if (kind == ModelKind.Causal)
            return new ClozeText(gap < 0 ? prompt : UpTo(prompt, gap), null, []);
        if (gap < 0)
        {
            throw GateException.Input(
                "GATE5026", $"a masked model or an encoder-decoder is asked to fill a gap, and the prompt '{prompt}' has none", null,
                $"write {Gap} where the answer belongs, for example \"prompt\": \"{{masked_sentence}}\"");
        }

        string? token = kind == ModelKind.Masked ? Array.Find(Masks, mask => tokenizer.IdOf(mask) is not null) : tokenizer.IdOf(Sentinel) is null ? null : Sentinel;
        if (token is null)
        {
            throw GateException.Input(
                "GATE5027", $"the gap of a cloze is asked as {(kind == ModelKind.Masked ? string.Join(" or ", Masks) : Sentinel)}, and the model's tokenizer has no such token", null,
                "use the model's own tokenizer, or leave cloze tasks out for this model");
        }

        int id = tokenizer.IdOf(token)!.Value;
        return new ClozeText(prompt.Replace(Gap, token, StringComparison.Ordinal), kind == ModelKind.Masked ? id : null, kind == ModelKind.Masked ? [] : [id]);
    }

    /// <summary>Where the mask stands in the ids of the text; 0 where there is none.</summary>
    public int PositionIn(int[] ids) => MaskId is { } mask ? Math.Max(0, Array.IndexOf(ids, mask)) : 0;

    // A causal model reads up to the gap; what follows may only close the sentence.
    private static string UpTo(string prompt, int gap) => prompt[(gap + Gap.Length)..].All(character => char.IsPunctuation(character) || char.IsWhiteSpace(character))
        ? prompt[..gap].TrimEnd()
        : throw GateException.Input(
            "GATE5026", $"a causal model is asked what comes next, and in '{prompt}' text follows the gap", null, "use a task whose prompts end where the answer belongs");
}
