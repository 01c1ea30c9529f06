namespace Gate.Evaluation.Tasks;

/// <summary>The kinds of task Gate can ask. One file per kind under <c>Tasks/</c>.</summary>
public enum TaskKind
{
    /// <summary>Next-token cloze over a candidate vocabulary and free: P@1, P@5, MRR (LAMA).</summary>
    Cloze,

    /// <summary>Closed-book question answering: greedy answer, exact match after normalisation.</summary>
    ClosedBookQa,

    /// <summary>Multiple choice by log-likelihood, raw and length-normalised.</summary>
    MultipleChoice,

    /// <summary>Question answering with the evidence in the context: greedy answer, exact match after normalisation.</summary>
    InContextQa,

    /// <summary>Perplexity of held-out text in fixed windows.</summary>
    Perplexity,
}
