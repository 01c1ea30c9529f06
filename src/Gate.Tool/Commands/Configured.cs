using Gate.Core.Configuration;
using Gate.Reporting.Text;
using Gate.Tool.CommandLine;

namespace Gate.Tool.Commands;

/// <summary>Finds and reads the configuration of a command.</summary>
internal static class Configured
{
    /// <summary>The configuration of a file, of a folder, of a model folder without one, or the nearest one above the working folder.</summary>
    public static GateConfiguration Find(string? argument, ToolSettings settings)
    {
        RunTarget target = ConfigurationLocator.Find(argument, settings.WorkingFolder);
        if (target.ModelFolder is null)
            return ConfigurationReader.Read(target.ConfigurationFile, settings.Sources);
        GateConfiguration configuration = ConfigurationReader.ForModel(target.ModelFolder, settings.Sources);
        if (settings.Verbosity > Verbosity.Quiet)
        {
            string recipe = configuration.Recipe is null ? "a recipe planned for the budget"
                : configuration.Recipe == BuiltInSuite.Recipe ? "built-in recipe (25 % magnitude pruning, 4-bit rounding)"
                : "the recipe of the options";
            Console.Error.WriteLine($"gate: no gate.json in '{VisibleText.ForLog(argument)}': {recipe}, built-in suite, retention at least 0.95");
        }

        return configuration;
    }

    /// <summary>The named configuration, else one in the working folder or above it, else the built-in suite and thresholds.</summary>
    public static GateConfiguration FindOrBuiltIn(string? file, ToolSettings settings)
    {
        if (file is not null)
            return ConfigurationReader.Read(ConfigurationLocator.Find(file, settings.WorkingFolder).ConfigurationFile, settings.Sources);
        string? nearest = ConfigurationLocator.FindAbove(settings.WorkingFolder);
        if (nearest is null && settings.Verbosity > Verbosity.Quiet)
            Console.Error.WriteLine("gate: no gate.json here: built-in suite, retention at least 0.95");
        return ConfigurationReader.Read(nearest, settings.Sources);
    }
}
