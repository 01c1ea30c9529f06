using System.Globalization;
using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Models.Tokenization;

namespace Gate.Tool.Commands;

/// <summary>Tokenizers and their pieces, as commands show them.</summary>
internal static class Tokens
{
    /// <summary>The tokenizer of a model folder or a GGUF file.</summary>
    /// <exception cref="GateException">Exit 4: neither, or no tokenizer in it.</exception>
    public static Tokenizer Open(NamedPath model)
    {
        if (!Directory.Exists(model.Full) && !File.Exists(model.Full))
            throw GateException.Input("GATE3108", $"there is no folder '{model.Written}'", remedy: "name a model folder, or a GGUF file");
        return Tokenizer.Open(model.Full) ?? throw GateException.Input(
            "GATE3103", $"the model '{model.Written}' has no tokenizer.json", remedy: "add the tokenizer, or give token ids with --ids where the command takes them");
    }

    /// <summary>A piece on one line: control characters as escapes.</summary>
    public static string Visible(string piece) =>
        string.Concat(piece.Select(c => char.IsControl(c) ? $"\\u{((int)c).ToString("x4", CultureInfo.InvariantCulture)}" : c.ToString()));
}
