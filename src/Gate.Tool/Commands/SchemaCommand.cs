using System.CommandLine;
using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Evaluation.TaskFiles;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Commands;

/// <summary><c>gate schema</c>.</summary>
internal static class SchemaCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Option<bool> markdown = new("--markdown") { Description = "Print the reference page instead" };
        Option<bool> task = new("--task") { Description = "The schema, or the page, of task files instead" };
        command.Options.Add(markdown);
        command.Options.Add(task);
        return (parsed, _) =>
        {
            Console.Out.Write((parsed.GetValue(task), parsed.GetValue(markdown)) switch
            {
                (true, true) => TaskFileReference.Page(),
                (true, false) => TaskFileReference.Schema(),
                (false, true) => ConfigurationReference.Render(),
                _ => ConfigurationSchema.Render(),
            });
            return ExitCode.Passed;
        };
    }
}
