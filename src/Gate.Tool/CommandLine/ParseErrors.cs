using System.CommandLine;
using System.CommandLine.Parsing;
using Gate.Diagnostics;

namespace Gate.Tool.CommandLine;

/// <summary>Wrong command lines in words.</summary>
internal static class ParseErrors
{
    /// <summary>What is wrong with a command line; null when nothing is.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="commands">The names of all commands.</param>
    public static GateException? Find(ParseResult parsed, string[] arguments, IEnumerable<string> commands)
    {
        string[] strangers = [.. parsed.UnmatchedTokens, .. Misplaced(parsed.CommandResult, arguments)];
        return parsed.Errors.Count == 0 && strangers.Length == 0 ? null : Describe(parsed, arguments, strangers, commands);
    }

    private static GateException Describe(ParseResult parsed, string[] arguments, string[] strangers, IEnumerable<string> commands)
    {
        Command command = parsed.CommandResult.Command;
        string name = command is RootCommand ? "gate" : $"gate {command.Name}";
        string[] missing = [.. command.Arguments
            .Where(argument => argument.Arity.MinimumNumberOfValues > 0 && (parsed.CommandResult.GetResult(argument)?.Tokens.Count ?? 0) == 0)
            .Select(argument => $"<{argument.Name}> ({argument.Description})")];
        string[] problems = strangers.Length > 0 ? [.. strangers.Select(token => $"'{token}' is unknown")]
            : missing.Length > 0 ? [$"it needs {string.Join(" and ", missing)}"]
            : command is RootCommand ? ["a command is missing"]
            : [.. parsed.Errors.Select(error => error.Message.TrimEnd('.')).Distinct().Take(3)];
        string[] known = [.. command.Options.Select(option => option.Name), .. parsed.RootCommandResult.Command.Options.Select(option => option.Name),
            .. command is RootCommand ? commands : []];
        string? nearest = strangers.Select(token => NearestName.Find(token.Split('=')[0], known)).FirstOrDefault(found => found is not null);
        return GateException.Usage(
            "GATE1011", $"'{string.Join(' ', arguments.Prepend("gate"))}' is not a command line Gate understands: {string.Join(", ", problems)}",
            remedy: nearest is null ? $"'{name} --help' lists what there is" : $"did you mean '{nearest}'? '{name} --help' lists what there is");
    }

    // An option that no command has would otherwise be taken for a path or a text. What stands after -- is never an option.
    private static IEnumerable<string> Misplaced(CommandResult command, string[] arguments)
    {
        string[] after = [.. arguments.SkipWhile(argument => argument != "--")];
        return command.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value)
            .Where(value => LooksLikeAnOption(value) && !after.Contains(value, StringComparer.Ordinal));
    }

    private static bool LooksLikeAnOption(string value) =>
        value.Length > 1 && value[0] == '-' && !value.Any(char.IsWhiteSpace) && (value.StartsWith("--", StringComparison.Ordinal) ? value.Length > 2 : char.IsAsciiLetter(value[1]));
}
