namespace Gate.Models.Tokenization.PostProcessing;

/// <summary>A part of a template: a text, or special tokens.</summary>
/// <param name="Sequence">0 for the first text, 1 for the second, −1 for special tokens.</param>
/// <param name="SpecialIds">Ids of the special tokens; empty for a text.</param>
/// <param name="TypeId">The segment of these tokens.</param>
internal sealed record TemplatePart(int Sequence, IReadOnlyList<int> SpecialIds, int TypeId);

/// <summary>Puts texts and special tokens together as templates say, one for a single text and one for two.</summary>
internal sealed class TemplateProcessor(IReadOnlyList<TemplatePart> single, IReadOnlyList<TemplatePart> pair) : IPostProcessor
{
    /// <summary>No special tokens; the second text is the second segment.</summary>
    public static TemplateProcessor Plain { get; } = new([new(0, [], 0)], [new(0, [], 0), new(1, [], 1)]);

    /// <inheritdoc/>
    public PairEncoding Process(IReadOnlyList<int> first, IReadOnlyList<int>? second, bool addSpecialTokens)
    {
        var ids = new List<int>();
        var typeIds = new List<int>();
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

    /// <summary>Ids of special tokens that stand before the first text of a single encoding.</summary>
    public IEnumerable<int> LeadingIds => single.TakeWhile(part => part.Sequence != 0).SelectMany(part => part.SpecialIds);
}
