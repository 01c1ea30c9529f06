namespace Gate.Reporting;

/// <summary>The fixed names of what a run writes into its report folder.</summary>
public static class ReportFiles
{
    /// <summary>The whole result; every other report is rendered from it.</summary>
    public const string Results = "results.json";

    /// <summary>One line per question with both models' answers.</summary>
    public const string Items = "items.jsonl";

    /// <summary>For CI servers.</summary>
    public const string Junit = "gate.junit.xml";

    /// <summary>For people, complete.</summary>
    public const string Markdown = "gate.md";

    /// <summary>For the job summary of a CI run: at most 64 KiB.</summary>
    public const string Summary = "gate.summary.md";

    /// <summary>For people, one self-contained page.</summary>
    public const string Html = "gate.html";

    /// <summary>For code scanning; only on request.</summary>
    public const string Sarif = "gate.sarif";
}
