using Gate.Diagnostics;

namespace Gate.Core.Pipeline;

/// <summary>Something a run tells while it goes on. Front ends decide what to show.</summary>
public abstract record RunEvent;

/// <summary>A phase begins.</summary>
/// <param name="Name">Short name, as in the phase times of the results.</param>
/// <param name="Text">What is about to happen, for people.</param>
public sealed record PhaseStarted(string Name, string Text) : RunEvent;

/// <summary>Part of a phase is finished.</summary>
/// <param name="Name">The phase.</param>
/// <param name="What">What is counted, for example <c>dense lama</c>.</param>
/// <param name="Done">Finished so far.</param>
/// <param name="Total">All of them.</param>
public sealed record PhaseProgress(string Name, string What, int Done, int Total) : RunEvent;

/// <summary>A phase is over.</summary>
/// <param name="Name">The phase.</param>
/// <param name="Text">What came of it, for people.</param>
/// <param name="Elapsed">Wall-clock time.</param>
public sealed record PhaseFinished(string Name, string Text, TimeSpan Elapsed) : RunEvent;

/// <summary>A warning or note that belongs to the results too.</summary>
/// <param name="Diagnostic">The diagnostic.</param>
public sealed record RunNoted(Diagnostic Diagnostic) : RunEvent;

/// <summary>A statement for everyone, but no part of the results.</summary>
/// <param name="Text">The statement.</param>
public sealed record RunTold(string Text) : RunEvent;

/// <summary>A detail for those who look for one.</summary>
/// <param name="Text">The detail.</param>
public sealed record RunDetail(string Text) : RunEvent;
