using System.CommandLine;
using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Models.Blueprints;
using Gate.Models.Inference;
using Gate.Models.Tokenization;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Commands;

/// <summary><c>gate score MODEL PROMPT CONTINUATION</c>, or <c>gate score MODEL --ids 1,2,3</c> for a folder without a tokenizer.</summary>
internal static class ScoreCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string> model = new("model") { Description = "The model folder" };
        Argument<string?> prompt = new("prompt") { Description = "Text before the continuation", Arity = ArgumentArity.ZeroOrOne };
        Argument<string?> continuation = new("continuation") { Description = "Text to score", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> ids = new("--ids") { Description = "Token ids; every position from the second is scored, of a masked model every position (of an encoder-decoder: what the decoder reads)" };
        Option<string?> encoderIds = new("--encoder-ids") { Description = "What the encoder of an encoder-decoder reads" };
        Option<string?> typeIds = new("--type-ids") { Description = "Segment type of each token of a masked model" };
        Option<bool> logits = new("--logits") { Description = "With --json: the row of logits of every position" };
        Option<bool> special = new("--special-tokens") { Description = "Let the tokenizer add its special tokens before the prompt" };
        foreach (Argument argument in new Argument[] { model, prompt, continuation })
            command.Arguments.Add(argument);
        foreach (Option option in new Option[] { ids, encoderIds, typeIds, logits, special })
            command.Options.Add(option);
        return (parsed, settings) =>
        {
            NamedPath folder = settings.PathOf(parsed.GetValue(model)!);
            using Models.Model files = Models.Model.Open(folder.Full);
            using ILanguageModel loaded = LanguageModels.Load(files, InferenceOptions.Default with { Threads = settings.Threads });
            ScoredTokens tokens = parsed.GetValue(ids) is { } text
                ? Refuse(parsed.GetValue(prompt)) ?? new ScoredTokens(TokenIds.Parse(text, loaded.VocabularySize), Scores.AheadOf(files.Kind))
                {
                    EncoderIds = parsed.GetValue(encoderIds) is { } read ? TokenIds.Parse(read, loaded.VocabularySize) : [],
                    Types = parsed.GetValue(typeIds) is { } types ? TokenIds.Parse(types, null) : [],
                }
                : ScoredTokens.Encode(Tokens.Open(folder), files, parsed.GetValue(prompt), parsed.GetValue(continuation), parsed.GetValue(special));
            tokens.Check(files.Kind);
            Scores scores = Scores.Of(loaded, tokens, parsed.GetValue(logits), settings.CancellationToken);
            if (settings.Json)
                scores.WriteJson(folder.Written);
            else
                scores.WriteText(settings, loaded.Tokenizer);
            return ExitCode.Passed;
        };
    }

    private static ScoredTokens? Refuse(string? prompt) => prompt is null
        ? null
        : throw GateException.Usage("GATE1010", "score takes either a prompt and a continuation, or --ids", remedy: "drop one of the two");
}

/// <summary>A sequence and what of it is scored.</summary>
/// <param name="Ids">The whole sequence.</param>
/// <param name="FirstScored">Position of the first scored token, at least 1.</param>
internal sealed record ScoredTokens(int[] Ids, int FirstScored)
{
    /// <summary>What the encoder of an encoder-decoder reads; empty for other models.</summary>
    public int[] EncoderIds { get; init; } = [];

    /// <summary>Segment type of each token of a masked model; empty where all are of the first text.</summary>
    public int[] Types { get; init; } = [];

    /// <summary>Refuses what a kind of model does not read.</summary>
    public void Check(ModelKind kind)
    {
        if (kind == ModelKind.EncoderDecoder != EncoderIds.Length > 0)
        {
            throw GateException.Usage(
                "GATE1010", kind == ModelKind.EncoderDecoder ? "an encoder-decoder reads two sequences, --encoder-ids is missing" : "only an encoder-decoder reads --encoder-ids",
                remedy: "gate score MODEL --encoder-ids 5,6,1 --ids 0,7,8 asks an encoder-decoder");
        }

        if (Types.Length > 0 && (kind != ModelKind.Masked || Types.Length != Ids.Length))
        {
            throw GateException.Usage(
                "GATE1010", kind == ModelKind.Masked ? $"--type-ids has {Types.Length} types for {Ids.Length} tokens" : "only a masked model reads --type-ids",
                remedy: "give one type for each of --ids, or leave --type-ids out");
        }
    }

    /// <summary>
    /// The tokens of a prompt and its continuation. They are encoded together, so that the boundary is where the tokenizer puts it; when the prompt's
    /// tokens are no prefix of the whole, the two are encoded apart.
    /// </summary>
    public static ScoredTokens Encode(Tokenizer tokenizer, Models.Model model, string? prompt, string? continuation, bool special)
    {
        if (prompt is null || continuation is null)
            throw GateException.Usage("GATE1010", "score needs a prompt and a continuation, or --ids", remedy: "write gate score MODEL \"The capital of France is\" \" Paris\"");
        if (model.Kind == ModelKind.EncoderDecoder)
            return new ScoredTokens([model.DecoderStartId ?? 0, .. tokenizer.Encode(continuation, special)], 1) { EncoderIds = tokenizer.Encode(prompt, special) };
        int[] before = tokenizer.Encode(prompt, special);
        int[] whole = tokenizer.Encode(prompt + continuation, special);
        if (whole.Length <= before.Length || !whole.AsSpan(0, before.Length).SequenceEqual(before))
            whole = [.. before, .. tokenizer.Encode(continuation, false)];
        if (before.Length == 0 || whole.Length == before.Length)
            throw GateException.Usage("GATE1010", "prompt and continuation must each have at least one token", remedy: "write texts that are not empty");
        return new ScoredTokens(whole, before.Length);
    }
}
