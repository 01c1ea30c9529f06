using System.CommandLine;
using System.Text;
using Gate.Core.Configuration;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Commands;

/// <summary>Shell completions, made from the commands and the table of configuration keys.</summary>
internal static class CompletionScripts
{
    /// <summary>For bash; zsh reads it through bashcompinit.</summary>
    public static string Bash()
    {
        var text = new StringBuilder("_gate() {\n  local words\n  if [ \"$COMP_CWORD\" -eq 1 ]; then\n");
        RootCommand root = CommandDispatch.BuildAll();
        text.Append($"    words=\"{string.Join(' ', root.Subcommands.Select(command => command.Name))}\"\n  else\n    case \"${{COMP_WORDS[1]}}\" in\n");
        foreach (Command command in root.Subcommands)
            text.Append($"      {command.Name}) words=\"{string.Join(' ', OptionsOf(root, command))}\" ;;\n");
        return text.Append("      *) words=\"\" ;;\n    esac\n  fi\n  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\ncomplete -o default -F _gate gate\n").ToString();
    }

    /// <summary>For fish.</summary>
    public static string Fish()
    {
        var text = new StringBuilder();
        RootCommand root = CommandDispatch.BuildAll();
        foreach (Command command in root.Subcommands)
            text.Append($"complete -c gate -n __fish_use_subcommand -a {command.Name} -d '{Quoted(command.Description)}'\n");
        foreach (Command command in root.Subcommands)
        {
            foreach (string option in OptionsOf(root, command).Where(option => option.StartsWith("--", StringComparison.Ordinal)))
                text.Append($"complete -c gate -n '__fish_seen_subcommand_from {command.Name}' -l '{option[2..]}'\n");
        }

        return text.ToString();
    }

    /// <summary>For PowerShell.</summary>
    public static string PowerShell()
    {
        RootCommand root = CommandDispatch.BuildAll();
        var text = new StringBuilder("Register-ArgumentCompleter -Native -CommandName gate -ScriptBlock {\n  param($word, $ast, $position)\n  $options = @{\n");
        foreach (Command command in root.Subcommands)
            text.Append($"    '{command.Name}' = @({string.Join(", ", OptionsOf(root, command).Select(option => $"'{option}'"))})\n");
        return text.Append("""
              }
              $parts = $ast.CommandElements | ForEach-Object { $_.ToString() }
              $known = if ($parts.Count -gt 1 -and $options.ContainsKey($parts[1])) { $options[$parts[1]] } else { $options.Keys | Sort-Object }
              $known | Where-Object { $_ -like "$word*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
            }

            """.ReplaceLineEndings("\n")).ToString();
    }

    private static IEnumerable<string> OptionsOf(RootCommand root, Command command) =>
    [
        .. command.Options.Select(option => option.Name),
        .. root.Options.Where(option => option.Recursive).Select(option => option.Name),
        .. KeyOverrides.Commands.Contains(command.Name)
            ? ConfigurationKeys.All.Where(key => key.Path[0] != '$' && key.Path != "version" && !key.Segments.Contains("*")).Select(key => "--" + key.Path)
            : [],
    ];

    private static string Quoted(string? text) => (text ?? "").Replace("'", "\\'", StringComparison.Ordinal);
}
