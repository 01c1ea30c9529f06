namespace Gate.Diagnostics;

/// <summary>GATE3200 to GATE3219: chat templates.</summary>
internal static class ChatDiagnostics
{
    /// <summary>The entries of this range, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticEntry> Entries { get; } =
    [
        new("GATE3201", "Chat template is malformed", "The template breaks Jinja's grammar: a tag that is not closed, a bracket without its partner, an unknown tag.", "Take the template from the model's release again, or correct it at the line and column named."),
        new("GATE3202", "Chat template uses something Gate does not know", "The template uses a tag, filter, test, method or format of Jinja that real chat templates do not need, so Gate cannot say what the model would see.", "Set suite.chat to off, or write the template without the construct named."),
        new("GATE3203", "Chat template fails", "The template asks for something that is not there, or refuses the conversation itself (raise_exception), for example because it wants a system message.", "Set suite.chat to off, or take the template from the model's release again."),
        new("GATE3204", "Chat template takes too much work", "Rendering one prompt takes more steps, or makes a longer text, than any real template.", "Take the template from the model's release again."),
        new("GATE3205", "Chat template cannot be read", "chat_template is neither a text nor a list of named templates with one named default, or a template file is not UTF-8 or too large.", "Correct the file named, or take it from the model's release again."),
        new("GATE3206", "No chat template", "suite.chat is on, and the dense model's folder has no chat template.", "Add chat_template.jinja to the model's folder, or set suite.chat to auto or off."),
        new("GATE3207", "Chat templates differ", "Dense model and candidate have different chat templates. Both are asked with the dense model's, so that they see the same prompts.", "Nothing for the verdict; mend the candidate's template before it ships."),
        new("GATE3208", "How the tasks are asked", "With suite.chat on or auto, this says which tasks are put through the model's chat template and which are plain prompts.", "Nothing; suite.chat decides. 'gate tasks NAME --model MODEL' shows a prompt."),
    ];
}
