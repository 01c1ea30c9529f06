using Gate.Diagnostics;

namespace Gate.Models.Tokenization.Reading;

/// <summary>Refusals of vocabularies that come without <c>tokenizer.json</c>.</summary>
internal static class ConversionRefusals
{
    /// <summary>GATE3055: a vocabulary file does not hold what it should.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reason">What was expected and what was found.</param>
    /// <param name="line">The line, counted from 1, or 0.</param>
    public static GateException Malformed(string path, string reason, int line = 0) => GateException.Input(
        "GATE3055", $"{path}: {reason}.", new SourceLocation(path, line), "Download the file again from where the model came from, or add the model's tokenizer.json.");

    /// <summary>GATE3056: nothing says how the vocabulary becomes a tokenizer, or it is a class that Gate does not know.</summary>
    /// <param name="path">The vocabulary.</param>
    /// <param name="found">The class or <c>model_type</c> found, or null.</param>
    /// <param name="known">The classes whose vocabulary comes in such a file.</param>
    public static GateException UnknownClass(string path, string? found, IEnumerable<string> known) => GateException.Input(
        "GATE3056",
        $"{path}: expected 'tokenizer_class' of tokenizer_config.json (or 'model_type' of config.json) to say how this vocabulary is used: "
            + $"{string.Join(", ", known.Select(name => name + "Tokenizer"))}; found {(found is null ? "none" : $"'{found}'")}.",
        new SourceLocation(path),
        "Add the model's tokenizer.json: load and save the tokenizer once with the transformers library.");
}
