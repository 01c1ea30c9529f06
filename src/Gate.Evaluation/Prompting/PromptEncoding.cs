using Gate.Diagnostics;
using Gate.Evaluation.Tasks;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Models.Tokenization;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Evaluation.Prompting;

/// <summary>
/// Turns prompts and continuations into token ids as the reference harness does: white space at the prompt's end belongs to the continuation,
/// both are encoded together, and the border is found by counting the tokens of the prompt alone.
/// </summary>
/// <param name="bounds">What the model takes.</param>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="addSpecialTokens">Whether the tokenizer's post-processor has its way with prompts.</param>
internal sealed class PromptEncoding(PromptBounds bounds, Tokenizer tokenizer, bool addSpecialTokens)
{
    /// <summary>The encoding of a task's prompts for a model.</summary>
    /// <exception cref="GateException">Exit 4: the model has no tokenizer.</exception>
    public static PromptEncoding For(TaskDefinition task, ILanguageModel model)
    {
        Tokenizer tokenizer = model.Tokenizer ?? throw GateException.Input(
            "GATE5020", $"the task '{task.Name}' needs the model's tokenizer, and its folder has none", null,
            "add tokenizer.json (and tokenizer_config.json) to the model's folder");
        return new PromptEncoding(PromptBounds.Of(model), tokenizer, task.AddsSpecialTokens);
    }

    /// <summary>The encoding of a task's prompts with nothing but a tokenizer at hand: nothing is cut.</summary>
    public static PromptEncoding Uncut(TaskDefinition task, Tokenizer tokenizer) =>
        new(PromptBounds.None(tokenizer), tokenizer, task.AddsSpecialTokens);

    /// <summary>The model's tokenizer.</summary>
    public Tokenizer Tokenizer => tokenizer;

    /// <summary>The prompt's ids, cut on the left to <paramref name="most"/> tokens.</summary>
    /// <param name="prompt">The prompt as asked.</param>
    /// <param name="most">Most tokens, at least 1.</param>
    public (int[] Ids, bool Truncated) Prompt(string prompt, int most)
    {
        int[] ids = Encode(prompt);
        if (ids.Length == 0)
            ids = [PrefixToken];
        return ids.Length > most ? (ids[^most..], true) : (ids, false);
    }

    /// <summary>Context and continuation, together at most one token longer than the model sees, cut on the left of the context.</summary>
    /// <param name="prompt">The prompt as asked.</param>
    /// <param name="continuation">What follows it, its delimiter included.</param>
    /// <returns>Null when no token of the continuation is left to score (a merge swallowed it), or too many for the model.</returns>
    public (ContinuationRequest Request, bool Truncated)? Pair(string prompt, string continuation)
    {
        string context = PythonText.TrimEnd(prompt);
        continuation = prompt[context.Length..] + continuation;
        int[] ids;
        int[] following;
        if (context.Length == 0)
        {
            following = Check(tokenizer.Encode(continuation, addSpecialTokens: false));
            int prefix = PrefixToken;
            ids = [prefix];
            if (following.Length > 0 && following[0] == prefix)
                following = following[1..];
        }
        else
        {
            ids = Encode(context);
            int[] whole = Encode(context + continuation);
            following = whole.Length > ids.Length ? whole[ids.Length..] : [];
            ids = whole[..Math.Min(ids.Length, whole.Length)];
        }

        if (following.Length == 0 || following.Length > bounds.MaximumLength || ids.Length == 0)
            return null;
        int room = bounds.MaximumLength + 1 - following.Length;
        bool truncated = ids.Length > room;
        return (new ContinuationRequest(truncated ? ids[^room..] : ids, following), truncated);
    }

    /// <summary>The one token of a label after a blank, or null when it takes more.</summary>
    public static int? SingleToken(Tokenizer tokenizer, string delimiter, string label) =>
        tokenizer.Encode(delimiter + label, addSpecialTokens: false) is [int id] ? id : null;

    // A prompt that spells the beginning-of-sequence token itself gets no second one.
    private int[] Encode(string text)
    {
        bool spelt = tokenizer.BeginningOfSequence is { } id && tokenizer.TokenOf(id) is { Length: > 0 } spelling
            && text.StartsWith(spelling, StringComparison.Ordinal);
        return Check(tokenizer.Encode(text, addSpecialTokens && !spelt));
    }

    /// <summary>The token that a text without a prompt starts behind.</summary>
    /// <exception cref="GateException">Exit 4: the tokenizer has none.</exception>
    public int PrefixToken => tokenizer.BeginningOfSequence ?? tokenizer.EndOfSequence ?? bounds.EndOfTextIds.Cast<int?>().FirstOrDefault()
        ?? throw GateException.Input(
            "GATE5022", "an item has an empty prompt, and the tokenizer has neither a beginning-of-sequence nor an end-of-sequence token to start from",
            null, "give the task a prompt, or name bos_token or eos_token in tokenizer_config.json");

    private int[] Check(int[] ids)
    {
        foreach (int id in ids)
            CheckId(id, bounds.VocabularySize);
        return ids;
    }

    /// <summary>Refuses an id the model has no row for.</summary>
    public static void CheckId(int id, int vocabularySize)
    {
        if (id < 0 || id >= vocabularySize)
        {
            throw GateException.Input(
                "GATE5021", $"the tokenizer gives token id {id}, the model knows ids below {vocabularySize}", null,
                "tokenizer.json and the weights do not belong together; take both from the same release");
        }
    }
}
