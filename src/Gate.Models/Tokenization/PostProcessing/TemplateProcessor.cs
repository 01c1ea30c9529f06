namespace Gate.Models.Tokenization.PostProcessing;

/// <summary>A part of a template: a text, or special tokens.</summary>
/// <param name="Sequence">0 for the first text, 1 for the second, −1 for special tokens.</param>
/// <param name="SpecialIds">Ids of the special tokens; empty for a text.</param>
/// <param name="TypeId">The segment of these tokens.</param>
internal sealed record TemplatePart(int Sequence, IReadOnlyList<int> SpecialIds, int TypeId)
{
    /// <summary>The first text.</summary>
    public static TemplatePart First { get; } = new(0, [], 0);

    /// <summary>The second text.</summary>
    /// <param name="typeId">Its segment.</param>
    public static TemplatePart Second(int typeId) => new(1, [], typeId);

    /// <summary>A special token.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="typeId">Its segment.</param>
    public static TemplatePart Special(int id, int typeId = 0) => new(-1, [id], typeId);
}

/// <summary>Puts texts and special tokens together as templates say, one for a single text and one for two.</summary>
internal sealed class TemplateProcessor(IReadOnlyList<TemplatePart> single, IReadOnlyList<TemplatePart> pair) : IPostProcessor
{
    /// <summary>No special tokens; the second text is the second segment.</summary>
    public static TemplateProcessor Plain { get; } = new([TemplatePart.First], [TemplatePart.First, TemplatePart.Second(1)]);

    /// <summary>Ids of special tokens that stand before the first text of a single encoding.</summary>
    public IEnumerable<int> LeadingIds => single.TakeWhile(part => part.Sequence != 0).SelectMany(part => part.SpecialIds);

    /// <summary>What BERT puts around texts: the first token, the text, the separator; the second text with its separator is the second segment.</summary>
    public static TemplateProcessor Bert(int first, int separator)
    {
        TemplatePart[] single = [TemplatePart.Special(first), TemplatePart.First, TemplatePart.Special(separator)];
        return new(single, [.. single, TemplatePart.Second(1), TemplatePart.Special(separator, 1)]);
    }

    /// <summary>What RoBERTa puts around texts: two separators between them, and no segments.</summary>
    public static TemplateProcessor Roberta(int first, int separator)
    {
        TemplatePart[] single = [TemplatePart.Special(first), TemplatePart.First, TemplatePart.Special(separator)];
        return new(single, [.. single, TemplatePart.Special(separator), TemplatePart.Second(0), TemplatePart.Special(separator)]);
    }

    /// <summary>Every text between a token and another, each of them optional; the second text and its tokens are the second segment.</summary>
    public static TemplateProcessor Around(int? beginning, int? end)
    {
        TemplatePart[] single = [.. Optional(beginning, 0), TemplatePart.First, .. Optional(end, 0)];
        return new(single, [.. single, .. Optional(beginning, 1), TemplatePart.Second(1), .. Optional(end, 1)]);
    }

    /// <inheritdoc/>
    public PairEncoding Process(IReadOnlyList<int> first, IReadOnlyList<int>? second, bool addSpecialTokens)
    {
        var ids = new List<int>(first.Count + (second?.Count ?? 0) + 8);
        var typeIds = new List<int>(ids.Capacity);
        foreach (TemplatePart part in second is null ? single : pair)
        {
            IReadOnlyList<int> added = part.Sequence switch
            {
                0 => first,
                1 => second ?? [],
                _ => addSpecialTokens ? part.SpecialIds : [],
            };
            ids.AddRange(added);
            typeIds.AddRange(Enumerable.Repeat(part.TypeId, added.Count));
        }

        return new PairEncoding([.. ids], [.. typeIds]);
    }

    /// <inheritdoc/>
    public void Describe(TokenizerDigest digest) => digest.Add("template").Add(single, Describe).Add(pair, Describe);

    private static void Describe(TemplatePart part, TokenizerDigest digest) => digest.Add(part.Sequence).Add<int>([.. part.SpecialIds]).Add(part.TypeId);

    private static TemplatePart[] Optional(int? id, int typeId) => id is { } known ? [TemplatePart.Special(known, typeId)] : [];
}
