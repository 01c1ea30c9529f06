using System.Collections.Immutable;

namespace Gate.Evaluation.Tasks;

/// <summary>One question.</summary>
public sealed record TaskItem
{
    /// <summary>Stable id, unique in the task.</summary>
    public required string Id { get; init; }

    /// <summary>Cluster (relation, passage) for the statistics, or null.</summary>
    public string? Cluster { get; init; }

    /// <summary>What the item asks without frame and examples: the values of the prompt's placeholders, or a window's tokens. Items alike in it and in an answer are one
    /// observation, in whatever task they stand.</summary>
    public string Asked { get; init; } = "";

    /// <summary>Group for the report, or null.</summary>
    public string? Group { get; init; }

    /// <summary>The prompt as asked.</summary>
    public required string Prompt { get; init; }

    /// <summary>The question alone, without frame, context and shots, for reports; null when the task has none.</summary>
    public string? Question { get; init; }

    /// <summary>Token ids of a perplexity window; empty for every other kind.</summary>
    public ImmutableArray<int> Tokens { get; init; } = [];

    /// <summary>Accepted answers; the first is shown. Empty for perplexity.</summary>
    public required ImmutableArray<string> Answers { get; init; }

    /// <summary>Choices of multiple choice, candidate vocabulary of a cloze; empty otherwise.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>Index of the right choice; −1 without choices.</summary>
    public int AnswerIndex { get; init; } = -1;

    /// <summary>Indices of all right choices where there may be several; empty otherwise.</summary>
    public ImmutableArray<int> RightChoices { get; init; } = [];

    /// <summary>The context of each choice where the choices stand in the prompt; empty where they follow it.</summary>
    public ImmutableArray<string> Contexts { get; init; } = [];

    /// <summary>What follows the prompt, or each context; null where the choices do.</summary>
    public string? Continuation { get; init; }

    /// <summary>What a perplexity is divided by: words or bytes of the original text; 0 where tokens are counted.</summary>
    public int Units { get; init; }

    /// <summary>Place of the item's row in the data, from 0.</summary>
    public int Index { get; init; }

    /// <summary>Chance level of the item, for example 1/4.</summary>
    public required double Chance { get; init; }

    /// <summary>SHA-256 over all that decides the item's score besides the task definition: the cache key's part.</summary>
    public required string Hash { get; init; }
}
