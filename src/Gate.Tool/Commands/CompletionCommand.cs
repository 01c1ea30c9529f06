using System.CommandLine;
using Gate.Diagnostics;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate completion SHELL</c>.</summary>
internal static class CompletionCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "fish", "pwsh"];

    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string> shell = new("shell") { Description = string.Join(", ", Shells) };
        command.Arguments.Add(shell);
        return (parsed, settings) =>
        {
            string name = parsed.GetValue(shell)!;
            string script = name switch
            {
                "bash" => CompletionScripts.Bash(),
                "zsh" => "autoload -U +X bashcompinit && bashcompinit\n" + CompletionScripts.Bash(),
                "fish" => CompletionScripts.Fish(),
                "pwsh" => CompletionScripts.PowerShell(),
                _ => throw GateException.Usage("GATE1010", $"there are no completions for '{name}'", remedy: $"name one of {string.Join(", ", Shells)}"),
            };
            if (settings.Json)
                JsonOutput.Texts(("shell", name), ("script", script));
            else
                Console.Out.Write(script);
            return ExitCode.Passed;
        };
    }
}
