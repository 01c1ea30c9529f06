namespace Gate.Core.Audits;

/// <summary>One line of a table that somebody published: accuracies of a model before and after compression on the same items.</summary>
/// <param name="Task">Name of the benchmark.</param>
/// <param name="Items">Number of items.</param>
/// <param name="Dense">Accuracy before, 0 to 1.</param>
/// <param name="Candidate">Accuracy after, 0 to 1.</param>
/// <param name="Chance">Chance level, 0 to 1.</param>
public sealed record PublishedScore(string Task, int Items, double Dense, double Candidate, double Chance);
