using System.Collections.Immutable;

namespace Gate.Models.Tokenization.Chat;

/// <summary>What a template is told besides the conversation.</summary>
/// <param name="Today">What it takes for today (<c>strftime_now</c>); never the clock, so that a prompt is the same every day.</param>
/// <param name="Variables">Variables of its own, for example <c>enable_thinking</c>: <c>true</c> and <c>false</c> are truth values, all else is text.</param>
public sealed record ChatSettings(DateOnly Today, ImmutableSortedDictionary<string, string> Variables)
{
    /// <summary>The day that templates of Llama 3 fall back to themselves.</summary>
    public static readonly DateOnly DefaultToday = new(2024, 7, 26);

    /// <summary>Variables every template is given; a model's own cannot take their names.</summary>
    public static readonly ImmutableArray<string> GivenVariables = ["messages", "tools", "documents", "add_generation_prompt"];

    /// <summary>That day, and no variables.</summary>
    public static ChatSettings Default { get; } = new(DefaultToday, ImmutableSortedDictionary<string, string>.Empty);
}
