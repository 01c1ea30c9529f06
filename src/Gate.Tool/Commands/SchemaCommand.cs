using System.CommandLine;
using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Commands;

/// <summary><c>gate schema</c>.</summary>
internal static class SchemaCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Option<bool> markdown = new("--markdown") { Description = "Print the reference page instead" };
        command.Options.Add(markdown);
        return (parsed, _) =>
        {
            Console.Out.Write(parsed.GetValue(markdown) ? ConfigurationReference.Render() : ConfigurationSchema.Render());
            return ExitCode.Passed;
        };
    }
}
