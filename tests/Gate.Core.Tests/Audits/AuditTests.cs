using Gate.Core.Audits;
using Gate.Core.Verdicts.Power;
using Gate.Diagnostics;

namespace Gate.Core.Tests.Audits;

public sealed class AuditTests
{
    [Theory]
    [InlineData("task,items,dense,candidate,chance\nmmlu,14042,0.612,0.598,0.25\n")]
    [InlineData("# A model card\n\ntext | more\n\n| Benchmark | n | Before | After | Random |\n|---|--:|:-:|--|--|\n| mmlu | 14,042 | 61.2 | **59.8** | 25 |\n\n| other | table |\n")]
    [InlineData("Benchmark,N,Base,Quantized,Chance\n\"mmlu\",14042,61.2%,59.8%,0.25")]
    public void A_table_is_read_as_people_publish_it(string text)
    {
        PublishedScore score = Assert.Single(PublishedTable.Read("card.md", text));
        Assert.Equal(("mmlu", 14042), (score.Task, score.Items));
        Assert.Equal(0.612, score.Dense, 12);
        Assert.Equal(0.598, score.Candidate, 12);
        Assert.Equal(0.25, score.Chance, 12);
    }

    [Theory]
    [InlineData("nothing here", 1, "columns task, items, dense and candidate")]
    [InlineData("task,items,dense,candidate\na,10,0.5,x\n", 2, "candidate")]
    [InlineData("task,items,dense,candidate\na,10,0.5,0.4\nb,0,0.5,0.4\n", 3, "items")]
    [InlineData("task,items,dense,candidate\na,10,50,140\n", 2, "from 0 to 100")]
    [InlineData("task,items,dense,candidate\na,10\n", 2, "columns")]
    [InlineData("task,items,dense,candidate\n", 1, "line of scores")]
    public void What_is_no_table_of_scores_is_refused_with_its_line(string text, int line, string part)
    {
        GateException refusal = Assert.Throws<GateException>(() => PublishedTable.Read("card.csv", text));
        Assert.Equal("GATE5120", refusal.Diagnostic.Code);
        Assert.Equal(line, refusal.Diagnostic.Location!.Line);
        Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(14042, 0.612, 0.608, 0.25, "pass")]
    [InlineData(14042, 0.612, 0.560, 0.25, "fail")]
    [InlineData(200, 0.612, 0.605, 0.25, "inconclusive")]
    [InlineData(50, 0.80, 0.80, 0, "inconclusive")]
    [InlineData(100, 0.25, 0.24, 0.25, "inconclusive")]
    public void A_verdict_stands_only_when_whatever_was_not_published_cannot_change_it(int items, double dense, double candidate, double chance, string state)
    {
        AuditedScore audited = AuditedScore.Of(new PublishedScore("t", items, dense, candidate, chance), 0.95, 0.95);
        Assert.Equal(state, audited.State);
        if (audited.Retention is null)
            return;
        Assert.True(audited.Wide!.Value.Lower <= audited.Narrow!.Value.Lower + 1e-9);
        Assert.True(audited.Wide.Value.Upper >= audited.Narrow.Value.Upper - 1e-9);
        Assert.InRange(audited.Retention.Value, audited.Wide.Value.Lower, audited.Wide.Value.Upper);
    }

    [Fact]
    public void Advice_keeps_the_promise_on_the_limit_and_shows_what_plain_numbers_do()
    {
        ThresholdAdvice onLimit = ThresholdAdvice.Of(0.95, 0.95, 200, 0.7, 0, 0.05, 0.95), lossless = ThresholdAdvice.Of(1, 0.95, 200, 0.7, 0, 0.05, 0.95);
        Assert.InRange(onLimit.Passes, 0, 0.06);
        Assert.InRange(onLimit.PointPasses, 0.4, 0.65);
        Assert.True(lossless.Passes > onLimit.Passes);
        Assert.InRange(lossless.Fails, 0, 0.01);
        Assert.InRange(1 - lossless.PointPasses, 0, 0.1);
        ThresholdAdvice many = ThresholdAdvice.Of(1, 0.95, 2000, 0.7, 0, 0.05, 0.95), under = ThresholdAdvice.Of(0.93, 0.95, 2000, 0.7, 0, 0.05, 0.95);
        Assert.InRange(many.Passes, 0.95, 1);
        Assert.InRange(under.Passes, 0, 0.01);
    }
}
