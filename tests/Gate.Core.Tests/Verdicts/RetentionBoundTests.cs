using System.Collections.Immutable;
using Gate.Core.Verdicts;
using Gate.Results;

namespace Gate.Core.Tests.Verdicts;

public sealed class RetentionBoundTests
{
    [Theory]
    [InlineData(1.0)]
    [InlineData(0.8)]
    public void The_upper_bound_of_retention_is_near_what_a_candidate_reaches_that_answers_everything(double dense)
    {
        ImmutableArray<PairedItem> items =
        [
            .. Enumerable.Range(0, 400).Select(i => new PairedItem(
                $"{i}", null, null, 0.25, i < dense * 400 ? 1 : 0, i < dense * 400 ? 1 : 0, 1, false, false)),
        ];

        Judgement judgement = VerdictEngine.Judge(
            [new PairedTask("mcqa", false, 1, items)], [new Threshold("thresholds.retention", "retention", null, 0.95, null)], new DecisionOptions(), 0.75);

        Estimate retention = judgement.Tasks[0].CorrectedRetention!;
        Assert.Equal(1, retention.Value);
        Assert.InRange(retention.Upper, 1, (0.75 / (dense - 0.25)) + 0.02);
    }
}
