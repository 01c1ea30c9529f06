using System.CommandLine;
using Gate.Diagnostics;
using Gate.Models.Tokenization;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate tokenize MODEL TEXT</c>, or <c>gate tokenize MODEL --ids 1,2,3</c> for the way back.</summary>
internal static class TokenizeCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string> model = new("model") { Description = "The model folder" };
        Argument<string?> text = new("text") { Description = "The text; - reads standard input", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> ids = new("--ids") { Description = "Token ids to decode, for example 1,2,3" };
        Option<bool> special = new("--special-tokens") { Description = "Let the post-processor add its special tokens" };
        command.Arguments.Add(model);
        command.Arguments.Add(text);
        command.Options.Add(ids);
        command.Options.Add(special);
        return (parsed, settings) =>
        {
            string folder = parsed.GetValue(model)!;
            Tokenizer tokenizer = Tokens.Open(settings.PathOf(folder));
            string? given = parsed.GetValue(ids);
            string? input = parsed.GetValue(text);
            if (given is null == input is null)
                throw GateException.Usage("GATE1010", "tokenize needs either a text or --ids", remedy: "write gate tokenize MODEL \"some text\"");
            int[] tokens = given is null
                ? tokenizer.Encode(input == "-" ? Console.In.ReadToEnd() : input!, parsed.GetValue(special))
                : TokenIds.Parse(given, tokenizer.VocabularySize);
            string decoded = given is null && input != "-" ? input! : tokenizer.Decode(tokens, skipSpecialTokens: false);
            Print(settings, tokenizer, folder, decoded, tokens);
            return ExitCode.Passed;
        };
    }

    private static void Print(ToolSettings settings, Tokenizer tokenizer, string folder, string text, int[] tokens)
    {
        if (settings.Json)
        {
            JsonOutput.Write(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("model", folder);
                writer.WriteString("text", text);
                writer.Array("ids", tokens);
                writer.WriteStartArray("pieces");
                foreach (int id in tokens)
                    writer.WriteStringValue(tokenizer.TokenOf(id) ?? "");
                writer.WriteEndArray();
                writer.WriteEndObject();
            });
            return;
        }

        ResultText.Table(settings, ["position", "id", "piece"], [.. tokens.Select((id, i) => (IReadOnlyList<string>)
            [$"{i}", $"{id}", Tokens.Visible(tokenizer.TokenOf(id) ?? "")])]);
        ResultText.Line($"{tokens.Length} tokens: {string.Join(',', tokens)}");
    }
}
