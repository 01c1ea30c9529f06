namespace Gate.Models.Tokenization.Chat.Values;

/// <summary>Something a template may not do with a value; the renderer knows where it was and turns it into a diagnostic.</summary>
internal class TemplateFault(string message) : Exception(message);

/// <summary>The template does more work, or makes longer texts, than any real one.</summary>
internal sealed class WorkLimitFault(string message) : TemplateFault(message);

/// <summary>Jinja knows it, this interpreter does not.</summary>
internal sealed class UnknownConstructFault(string message) : TemplateFault(message);
