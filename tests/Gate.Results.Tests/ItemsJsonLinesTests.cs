using System.Collections.Immutable;
using Gate.Tests;

namespace Gate.Results.Tests;

public sealed class ItemsJsonLinesTests
{
    internal static readonly ItemRecord Item = new()
    {
        Task = "factoid-qa",
        Id = "qa-1",
        Cluster = "P17",
        Question = "Where?\nThere | ::error::",
        Expected = "日本",
        Chance = 0,
        Dense = new ItemOutcome
        {
            Score = 1,
            Answer = "日本",
            Margin = 2.5,
            Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("f1", 0.5).Add("em", 1),
        },
        Candidate = new ItemOutcome { Score = double.NaN, Weight = 3, Answer = "\u0000\u202E", Invalid = true },
    };

    [Fact]
    public void Items_read_back_equal_one_per_line()
    {
        StringWriter text = new();
        ItemsJsonLines.Write(text, [Item, Item with { Id = "qa-2" }]);
        Assert.Equal(2, text.ToString().Count(c => c == '\n'));
        Assert.DoesNotContain('\r', text.ToString());
        ItemRecord[] read = [.. ItemsJsonLines.Read(new StringReader(text.ToString()))];
        Assert.Equal(2, read.Length);
        Assert.Null(Structure.Difference(Item, read[0]));
        Assert.Equal("qa-2", read[1].Id);
    }

    [Fact]
    public void Missing_metrics_are_none_and_a_missing_weight_is_refused()
    {
        string line = ItemsJsonLines.WriteLine(Item).Replace("\"metrics\":{\"em\":1,\"f1\":0.5},", "", StringComparison.Ordinal);
        Assert.DoesNotContain("\"em\"", line, StringComparison.Ordinal);
        Assert.Empty(ItemsJsonLines.Read(new StringReader(line)).Single().Dense.Metrics);
        string weightless = line.Replace("\"weight\":1,", "", StringComparison.Ordinal);
        Assert.Throws<ResultsFormatException>(() => ItemsJsonLines.Read(new StringReader(weightless)).ToArray());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"task\":\"a\"}")]
    [InlineData("[1]")]
    public void A_bad_line_is_refused_by_its_number(string bad)
    {
        string text = ItemsJsonLines.WriteLine(Item) + "\n\n" + bad + "\n";
        ResultsFormatException e = Assert.Throws<ResultsFormatException>(() => ItemsJsonLines.Read(new StringReader(text)).ToArray());
        Assert.Equal(3, e.Line);
        Assert.Contains("line 3", e.Message, StringComparison.Ordinal);
    }
}
