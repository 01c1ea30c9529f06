using System.Collections.Immutable;
using Gate.Core.Configuration;
using Gate.Diagnostics;

namespace Gate.Tool.CommandLine;

/// <summary>
/// Takes <c>--thresholds.retention 0.9</c> and <c>--thresholds.retention=0.9</c> out of the command line: an option with a dot in its name is a key of
/// the configuration, whatever the key. The keys without a dot, <c>--model</c> and <c>--memory</c>, are options too, and <c>--engine</c> is short for <c>--engine.name</c>.
/// </summary>
internal static class KeyOverrides
{
    /// <summary>The commands whose options include every configuration key.</summary>
    public static readonly string[] Commands = ["run", "compress", "compare", "merge", "evaluate", "key", "config", "sweep", "tasks"];

    /// <summary>The rest of the command line, and the keys with their values in order.</summary>
    /// <exception cref="GateException">Exit 2: a key without a value.</exception>
    public static (string[] Arguments, ImmutableArray<KeyValuePair<string, string>> Overrides) Split(string[] arguments)
    {
        if (arguments.Length == 0 || !Commands.Contains(arguments[0]))
            return (arguments, []);
        List<string> rest = [];
        var overrides = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            if (argument == "--")
            {
                rest.AddRange(arguments[i..]);
                break;
            }

            string name = argument.Split('=', 2)[0];
            if (name == "--engine")
                argument = EngineKey + argument[name.Length..];
            name = argument.Split('=', 2)[0];
            if (!IsKey(name))
            {
                rest.Add(argument);
                continue;
            }

            string value = argument.Length > name.Length ? argument[(name.Length + 1)..]
                : i + 1 < arguments.Length ? arguments[++i]
                : throw GateException.Usage("GATE1010", $"the option {name} needs a value", remedy: $"write {name} VALUE");
            overrides.Add(new(name[2..], value));
        }

        return ([.. rest], overrides.ToImmutable());
    }

    // The engine is a group of keys; its name alone is what people write.
    private const string EngineKey = "--engine.name";

    // Of the keys without a dot, the file's own format and schema cannot be set from outside it.
    private static readonly HashSet<string> Plain =
        [.. ConfigurationKeys.All.Where(key => key.Segments.Length == 1 && key.Path is not ("$schema" or "version")).Select(key => $"--{key.Path}")];

    private static bool IsKey(string name) =>
        Plain.Contains(name) || (name.StartsWith("--", StringComparison.Ordinal) && name.Contains('.', StringComparison.Ordinal) && !name.Contains('/', StringComparison.Ordinal));
}
