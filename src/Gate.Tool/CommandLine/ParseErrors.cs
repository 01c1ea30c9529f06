using System.CommandLine;
using Gate.Diagnostics;

namespace Gate.Tool.CommandLine;

/// <summary>Wrong command lines in words.</summary>
internal static class ParseErrors
{
    /// <summary>The refusal of a command line that could not be parsed.</summary>
    public static GateException Describe(ParseResult parsed, string[] arguments, IEnumerable<string> commands)
    {
        string command = parsed.CommandResult.Command is RootCommand ? "gate" : $"gate {parsed.CommandResult.Command.Name}";
        string[] known = [.. parsed.CommandResult.Command.Options.Select(option => option.Name),
            .. parsed.RootCommandResult.Command.Options.Select(option => option.Name), .. command == "gate" ? commands : []];
        string? nearest = parsed.UnmatchedTokens.Select(token => NearestName.Find(token.Split('=')[0], known)).FirstOrDefault(name => name is not null);
        string message = string.Join(" ", parsed.Errors.Select(error => error.Message.TrimEnd('.')).Distinct().Take(3).Select(text => text + "."));
        return GateException.Usage(
            "GATE1011", $"'{string.Join(' ', arguments)}' is not a command line Gate understands: {message.TrimEnd('.')}",
            remedy: nearest is null ? $"'{command} --help' lists what there is" : $"did you mean '{nearest}'? '{command} --help' lists what there is");
    }
}
