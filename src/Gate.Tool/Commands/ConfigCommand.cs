using System.Collections.Immutable;
using System.CommandLine;
using Gate.Core.Configuration;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate config [CONFIG]</c>.</summary>
internal static class ConfigCommand
{
    /// <summary>Adds the arguments and returns the handler.</summary>
    public static CommandHandler Build(Command command)
    {
        Argument<string?> target = new("config") { Description = "As for gate run", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> origins = new("--origins") { Description = "Where each value comes from, too" };
        command.Arguments.Add(target);
        command.Options.Add(origins);
        return (parsed, settings) =>
        {
            string? file = ConfigurationLocator.Find(parsed.GetValue(target), settings.WorkingFolder).ConfigurationFile;
            ImmutableArray<EffectiveValue> values = EffectiveConfiguration.Of(file, settings.Sources);
            if (settings.Json)
                WriteJson(values);
            else if (parsed.GetValue(origins))
                ResultText.Table(settings, ["key", "value", "origin"], [.. values.Select(value => (IReadOnlyList<string>)[value.Key, value.Value ?? "-", value.Origin])]);
            else
                ResultText.Table(settings, ["key", "value"], [.. values.Where(value => value.Value is not null).Select(value => (IReadOnlyList<string>)[value.Key, value.Value!])]);
            return Diagnostics.ExitCode.Passed;
        };
    }

    private static void WriteJson(ImmutableArray<EffectiveValue> values) => JsonOutput.Write(writer =>
    {
        writer.WriteStartArray();
        foreach (EffectiveValue value in values)
        {
            writer.WriteStartObject();
            writer.WriteString("key", value.Key);
            writer.WriteString("value", value.Value);
            writer.WriteString("origin", value.Origin);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });
}
