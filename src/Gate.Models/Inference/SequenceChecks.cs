using Gate.Diagnostics;

namespace Gate.Models.Inference;

/// <summary>Refuses sequences a model cannot see, before anything is computed.</summary>
/// <param name="model">Name of the model's folder, for messages.</param>
/// <param name="maximumLength">Longest sequence.</param>
/// <param name="vocabularySize">One more than the largest id.</param>
internal readonly struct SequenceChecks(string model, int maximumLength, int vocabularySize)
{
    /// <summary>Checks a length.</summary>
    /// <param name="length">Tokens of the sequence.</param>
    /// <param name="request">Index of the request, for messages.</param>
    public void Length(int length, int request)
    {
        if (length > maximumLength)
        {
            throw GateException.Input(
                "GATE3087",
                $"{model}: request {request}: expected at most {maximumLength} tokens (what the model's configuration allows), found {length}.",
                new SourceLocation(model),
                "Shorten the text, or cut it into windows of at most that length.");
        }
    }

    /// <summary>Checks that there are ids, and that the vocabulary has them.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="part">What they are, for messages.</param>
    /// <param name="request">Index of the request, for messages.</param>
    public void Ids(ReadOnlySpan<int> ids, string part, int request)
    {
        if (ids.IsEmpty)
        {
            throw GateException.Input(
                "GATE3089",
                $"{model}: request {request}: expected at least one token as {part}, found none.",
                new SourceLocation(model),
                "Give a text that is not empty; an empty context needs the beginning-of-sequence token.");
        }

        int outside = ids.IndexOfAnyExceptInRange(0, vocabularySize - 1);
        if (outside >= 0)
        {
            throw GateException.Input(
                "GATE3088",
                $"{model}: request {request}: expected token ids from 0 to {vocabularySize - 1}, found {ids[outside]} at position {outside} of the {part}.",
                new SourceLocation(model),
                "Check that the tokenizer belongs to this model.");
        }
    }
}
