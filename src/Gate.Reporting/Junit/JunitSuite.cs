namespace Gate.Reporting.Junit;

/// <summary>A suite; its name is also the class name of its cases.</summary>
internal sealed record JunitSuite(string Name, IReadOnlyList<JunitCase> Cases);

/// <summary>A case: a rule, or one of the two that stand for the run.</summary>
/// <param name="Name">Unique in its suite, free of limits and values.</param>
/// <param name="File">Relative path of the configuration, or empty.</param>
/// <param name="Line">Line in it, or 0.</param>
/// <param name="Outcome">Null when the rule holds.</param>
internal sealed record JunitCase(string Name, string File, int Line, JunitOutcome? Outcome);

/// <summary>Why a case is not a pass.</summary>
/// <param name="Element"><c>failure</c>, <c>error</c> or <c>skipped</c>.</param>
/// <param name="Type">Diagnostic code.</param>
/// <param name="Message">One line.</param>
/// <param name="Text">The message again and more lines; empty for <c>skipped</c>.</param>
internal sealed record JunitOutcome(string Element, string Type, string Message, string Text);
