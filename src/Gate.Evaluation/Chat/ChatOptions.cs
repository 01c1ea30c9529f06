using Gate.Models.Tokenization.Chat;

namespace Gate.Evaluation.Chat;

/// <summary>Whether questions are put to a model as a conversation.</summary>
public enum ChatMode
{
    /// <summary>Where the model has a chat template.</summary>
    Auto,

    /// <summary>Always; a model without a chat template is refused.</summary>
    On,

    /// <summary>Never: as plain prompts.</summary>
    Off,
}

/// <summary>Whether and how questions are put as a conversation.</summary>
/// <param name="Mode">Whether.</param>
/// <param name="Settings">What the template is told.</param>
public sealed record ChatOptions(ChatMode Mode, ChatSettings Settings)
{
    /// <summary>Never.</summary>
    public static ChatOptions Off { get; } = new(ChatMode.Off, ChatSettings.Default);
}
