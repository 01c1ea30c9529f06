using System.Collections.Immutable;

namespace Gate.Evaluation.Suites;

/// <summary>An ordered list of tasks with their weights in semantic retention.</summary>
/// <param name="Name">For example <c>facts</c>.</param>
/// <param name="Title">For people.</param>
/// <param name="Tasks">In order, names distinct.</param>
public sealed record SuiteDefinition(string Name, string Title, ImmutableArray<SuiteTask> Tasks);

/// <summary>A task of a suite.</summary>
/// <param name="Task">A built-in name, or the path of a task file relative to the suite file.</param>
/// <param name="Weight">Its weight in semantic retention; 0 = reported, but not part of it (perplexity is no accuracy).</param>
public sealed record SuiteTask(string Task, double Weight);
