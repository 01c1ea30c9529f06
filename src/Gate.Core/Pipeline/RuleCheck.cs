using System.Collections.Immutable;
using Gate.Core.Configuration;
using Gate.Core.Verdicts;
using Gate.Diagnostics;
using Gate.Evaluation.Tasks;

namespace Gate.Core.Pipeline;

/// <summary>Refuses thresholds that cannot mean what they say, before any work.</summary>
internal static class RuleCheck
{
    /// <summary>Checks the rules of a configuration against the tasks of its suite.</summary>
    /// <exception cref="GateException">Exit 2: the first problem, in configuration order.</exception>
    public static void Check(GateConfiguration configuration, ImmutableArray<TaskDefinition> definitions)
    {
        ImmutableArray<Diagnostic> problems =
            ThresholdValidation.Check(configuration.Thresholds, [.. definitions.Select(task => task.Name)], configuration.Decision);
        if (problems.Length > 0)
            throw new GateException(problems[0], ExitCode.InvalidUsage);
    }
}
