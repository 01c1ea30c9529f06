using Gate.Diagnostics;
using Gate.Models.Blueprints;
using Gate.Models.Inference;
using Gate.Models.Questions;
using Gate.Models.Tokenization;
using Gate.Numerics.Softmax;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary>What a model says about a sequence.</summary>
/// <param name="Tokens">The sequence.</param>
/// <param name="LogProbabilities">Of each scored token given everything before it.</param>
/// <param name="Greedy">Arg-max of every position, lowest id on ties.</param>
/// <param name="Logits">The rows of every position, or null.</param>
internal sealed record Scores(ScoredTokens Tokens, IReadOnlyList<double> LogProbabilities, int[] Greedy, float[][]? Logits)
{
    /// <summary>How far behind a row of logits the token stands that it scores: 1, and 0 for masked models, which score a token at its own place.</summary>
    public int Ahead { get; private init; } = 1;

    /// <summary>Asks the model.</summary>
    /// <exception cref="GateException">Exit 2: a sequence of one token, or longer than the model can see.</exception>
    public static Scores Of(ILanguageModel model, ScoredTokens tokens, bool withLogits, CancellationToken cancellationToken)
    {
        if (tokens.Ids.Length > model.MaximumLength)
        {
            throw GateException.Usage(
                "GATE1013", $"the sequence has {tokens.Ids.Length} tokens, the model sees {model.MaximumLength}", remedy: "shorten it");
        }

        // One pass over the whole sequence answers everything, so that log-probabilities, arg-maxima and logits belong to the same run even where
        // the length of the sequence decides the rotary base (dynamic scaling).
        int[] greedy = new int[tokens.Ids.Length];
        double[] logProbabilities = new double[tokens.Ids.Length - tokens.FirstScored];
        float[][]? rows = withLogits ? new float[tokens.Ids.Length][] : null;
        int ahead = AheadOf(model.Kind);
        model.VisitLogits(
            new LogitsRequest(tokens.Ids) { EncoderIds = tokens.EncoderIds, Types = tokens.Types },
            (position, logits) =>
            {
                greedy[position] = ArgMax(logits);
                int scored = position + ahead;
                if (scored >= tokens.FirstScored && scored < tokens.Ids.Length)
                    logProbabilities[scored - tokens.FirstScored] = logits[tokens.Ids[scored]] - LogSumExp.Compute(logits);

                if (rows is not null)
                    rows[position] = logits.ToArray();
            },
            cancellationToken);
        return new Scores(tokens, logProbabilities, greedy, rows) { Ahead = ahead };
    }

    /// <summary>The shape that docs/command-line.md promises.</summary>
    public void WriteJson(string model) => JsonOutput.Write(
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("model", model);
            writer.Array("ids", Tokens.Ids);
            if (Tokens.EncoderIds.Length > 0)
                writer.Array("encoderIds", Tokens.EncoderIds);
            writer.WriteNumber("firstScored", Tokens.FirstScored);
            writer.Array("logProbabilities", LogProbabilities);
            writer.WritePropertyName("total");
            writer.Number(LogProbabilities.Sum());
            writer.Array("greedy", Greedy);
            if (Logits is not null)
            {
                writer.WriteStartArray("logits");
                foreach (float[] row in Logits)
                {
                    writer.WriteStartArray();
                    foreach (float value in row)
                        writer.Number(value);
                    writer.WriteEndArray();
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        },
        indented: false);

    /// <summary>A table of the scored positions.</summary>
    public void WriteText(ToolSettings settings, Tokenizer? tokenizer)
    {
        ResultText.Table(settings, ["position", "id", "piece", "log-probability", "greedy"], [.. LogProbabilities.Select((value, i) =>
        {
            int position = Tokens.FirstScored + i;
            int id = Tokens.Ids[position];
            return (IReadOnlyList<string>)
            [
                $"{position}", $"{id}", Commands.Tokens.Visible(tokenizer?.TokenOf(id) ?? ""), $"{value:0.000000}",
                Greedy[position - Ahead] == id ? "yes" : $"no ({Greedy[position - Ahead]} {Commands.Tokens.Visible(tokenizer?.TokenOf(Greedy[position - Ahead]) ?? "")})",
            ];
        })]);
        ResultText.Line($"total {LogProbabilities.Sum():0.000000} nats over {LogProbabilities.Count} tokens");
    }

    /// <summary>How far behind a row of logits the token stands that it scores.</summary>
    public static int AheadOf(ModelKind kind) => kind == ModelKind.Masked ? 0 : 1;

    private static int ArgMax(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best])
                best = i;
        }

        return best;
    }
}
