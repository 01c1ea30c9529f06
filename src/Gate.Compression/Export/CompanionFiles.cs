namespace Gate.Compression.Export;

/// <summary>The small files that travel with a model: tokenizer, generation defaults, chat template, licence. Weights and pickles never do.</summary>
internal static class CompanionFiles
{
    private const long MaximumBytes = 64 << 20;

    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "tokenizer.model", "spiece.model",
        "sentencepiece.bpe.model", "vocab.json", "vocab.txt", "merges.txt", "tekken.json", "generation_config.json", "chat_template.jinja",
        "chat_template.json", "preprocessor_config.json", "processor_config.json",
    };

    // Chat templates beside the default one.
    private const string Templates = "additional_chat_templates";

    private static readonly string[] LicenceStems = ["LICENSE", "LICENCE", "NOTICE", "USE_POLICY", "COPYING"];

    /// <summary>The files of a folder to copy, by their paths in it, in order.</summary>
    public static IReadOnlyList<string> Of(string folder)
    {
        DirectoryInfo templates = new(Path.Combine(folder, Templates));
        return
        [
            .. new DirectoryInfo(folder).EnumerateFiles().Where(file => IsCompanion(file.Name)).Concat(templates.Exists ? templates.EnumerateFiles("*.jinja") : [])
                .Where(file => file.Length <= MaximumBytes)
                .Select(file => CandidateFolder.NameIn(folder, file.FullName))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static bool IsCompanion(string name) =>
        Names.Contains(name)
        || name.EndsWith(".tiktoken", StringComparison.OrdinalIgnoreCase)
        || (LicenceStems.Any(stem => name.StartsWith(stem, StringComparison.OrdinalIgnoreCase))
            && (Path.GetExtension(name).ToLowerInvariant() is "" or ".txt" or ".md"));
}
