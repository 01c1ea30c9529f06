using Gate.Reporting.Text;
using Gate.Results;

namespace Gate.Reporting.Junit;

/// <summary>Turns rules into suites and cases.</summary>
internal static class JunitSuites
{
    /// <summary>Suite of the rules over the whole.</summary>
    public const string Overall = "gate.overall";

    /// <summary>Longest message of a case, in UTF-16 units.</summary>
    public const int MessageLimit = 1000;

    /// <summary>Non-empty suites: the whole first, then tasks in order of their first rule.</summary>
    public static IReadOnlyList<JunitSuite> Of(GateResults results)
    {
        FailureText failures = new(results);
        List<(string Suite, JunitCase Case)> cases = [];
        HashSet<(string, string)> names = [];
        foreach (RuleResult rule in results.Verdict.Rules)
        {
            string suite = rule.Task is null ? Overall : "gate.task." + VisibleText.ForLog(rule.Task);
            string name = UniqueName(rule, suite, names);
            cases.Add((suite, new JunitCase(name, rule.File ?? "", rule.File is null ? 0 : rule.Line, Outcome(rule, failures))));
        }

        if (RunCase(results, cases.Select(entry => entry.Case)) is { } run)
            cases.Add((Overall, run));
        return
        [
            .. cases.GroupBy(entry => entry.Suite)
                .OrderBy(group => group.Key == Overall ? 0 : 1)
                .Select(group => new JunitSuite(group.Key, [.. group.Select(entry => entry.Case)])),
        ];
    }

    private static string UniqueName(RuleResult rule, string suite, HashSet<(string, string)> names)
    {
        string name = VisibleText.ForLog(rule.Metric);
        if (names.Add((suite, name)))
            return name;
        string byKey = VisibleText.ForLog(rule.Key);
        name = byKey;
        for (int n = 2; !names.Add((suite, name)); n++)
            name = $"{byKey} #{n}";
        return name;
    }

    private static JunitOutcome? Outcome(RuleResult rule, FailureText failures)
    {
        string reason = VisibleText.ForLog(rule.Reason, MessageLimit);
        return rule.State switch
        {
            VerdictState.Pass => null,
            VerdictState.Fail => new JunitOutcome("failure", rule.Code, reason, failures.Of(rule, reason)),
            VerdictState.Inconclusive => new JunitOutcome("skipped", rule.Code, Inconclusive(rule, reason), ""),
            _ => new JunitOutcome("error", rule.Code, reason, reason + "\n" + FailureText.Place(rule)),
        };
    }

    private static string Inconclusive(RuleResult rule, string reason)
    {
        string more = rule.MoreItemsToDecide is { } count ? $", about {count} more would decide" : "";
        return $"inconclusive: n {rule.Items}{more}: {reason}";
    }

    // The exit code is the verdict: where it is not 0, something here must be red.
    private static JunitCase? RunCase(GateResults results, IEnumerable<JunitCase> cases)
    {
        bool red = cases.Any(c => c.Outcome?.Element is "failure" or "error");
        if (!results.Verdict.Rules.IsEmpty && (red || results.Verdict.ExitCode == 0))
            return null;
        string name = results.Verdict.Rules.IsEmpty ? "gate ran" : "gate decided";
        string summary = VisibleText.ForLog(Figures.Sentence(results.Verdict), MessageLimit);
        JunitOutcome? outcome = results.Verdict.ExitCode == 0 && results.Verdict.State == VerdictState.Pass
            ? null
            : new JunitOutcome("error", $"exit {results.Verdict.ExitCode}", summary, summary);
        return new JunitCase(name, results.Run.ConfigurationFile, 0, outcome);
    }
}
