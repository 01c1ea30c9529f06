namespace Gate.Results;

/// <summary>One group of a task's items.</summary>
public sealed record GroupResult(string Name, int Items, double DenseScore, double CandidateScore, int Forgotten, int Gained);
