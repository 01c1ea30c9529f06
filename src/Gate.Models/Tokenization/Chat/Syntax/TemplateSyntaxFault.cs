namespace Gate.Models.Tokenization.Chat.Syntax;

/// <summary>The template's text is not as the grammar says, or uses what this interpreter does not know.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="position">Where, as an offset.</param>
/// <param name="isUnknown">Whether Jinja knows it and this interpreter does not.</param>
internal sealed class TemplateSyntaxFault(string message, int position, bool isUnknown = false) : Exception(message)
{
    /// <summary>Where, as an offset.</summary>
    public int Position => position;

    /// <summary>Whether Jinja knows it and this interpreter does not.</summary>
    public bool IsUnknown => isUnknown;
}
