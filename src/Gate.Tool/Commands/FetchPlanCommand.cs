using Gate.Diagnostics;
using Gate.Evaluation.Sources;
using Gate.Evaluation.Suites;
using Gate.Evaluation.Tasks;
using Gate.Tool.CommandLine;
using Gate.Tool.Output;

namespace Gate.Tool.Commands;

/// <summary><c>gate tasks fetch-plan SUITE</c>: the files of a suite that are published elsewhere.</summary>
internal static class FetchPlanCommand
{
    /// <summary>What stands in the place of a task's name.</summary>
    public const string Name = "fetch-plan";

    /// <summary>Prints the plan of a suite or of one task.</summary>
    /// <exception cref="GateException">Exit 2: neither is named, or it does not exist.</exception>
    public static ExitCode Run(string? subject, ToolSettings settings)
    {
        if (subject is null)
            throw GateException.Usage("GATE1010", "'gate tasks fetch-plan' needs a suite or a task", remedy: $"suites: {string.Join(", ", SuiteCatalogue.BuiltInNames)}");
        string[] tasks = SuiteCatalogue.BuiltInNames.Contains(subject)
            ? [.. SuiteCatalogue.Load(subject, settings.WorkingFolder).Tasks.Select(task => task.Task)] : [subject];
        PublishedFile[] files = [.. tasks.SelectMany(task => TaskCatalogue.Load(task, settings.WorkingFolder).Published).DistinctBy(file => file.File)];
        if (settings.Json)
        {
            JsonOutput.Write(writer =>
            {
                writer.WriteStartArray();
                foreach (PublishedFile file in files)
                {
                    writer.WriteStartObject();
                    writer.WriteString("file", file.File);
                    writer.WriteString("from", file.From);
                    writer.WriteString("licence", file.Licence);
                    if (file.Bytes is { } bytes)
                        writer.WriteNumber("bytes", bytes);
                    if (file.Sha256 is { } hash)
                        writer.WriteString("sha256", hash);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
        }
        else
        {
            ResultText.Line(files.Length == 0 ? $"{subject} comes with its data; there is nothing to fetch" : "below the folder that --data or suite.data names:");
            foreach (PublishedFile file in files)
                ResultText.Line($"  {FetchPlan.Line(file)}");
        }

        return ExitCode.Passed;
    }
}
