using System.Collections.Immutable;
using Gate.Core.Baselines;
using Gate.Core.Configuration;
using Gate.Core.Verdicts;
using Gate.Results;

namespace Gate.Core.Tests.Baselines;

public sealed class RatchetChainTests
{
    private const int Items = 3000;

    private static readonly BaselineOptions Options = new(new NamedPath("gate.baseline.json", "/gate.baseline.json"), true, 0.02, 0.05, null);

    private static RatchetTask Task(Func<int, bool> right) => new("facts", false, "d", "q", 1, [.. Enumerable.Range(0, Items).Select(i => new ItemRecord
    {
        Task = "facts",
        Id = $"{i:D5}",
        Question = "",
        Expected = "",
        Chance = 0,
        Dense = new ItemOutcome { Score = 1, Weight = 1, Answer = "", Invalid = false },
        Candidate = new ItemOutcome { Score = right(i) ? 1 : 0, Weight = 1, Answer = "", Invalid = false },
    })]);

    private static Baseline Accepted(Func<int, bool> right, Func<int, bool>? first) => new()
    {
        Format = "gate-baseline",
        Version = 1,
        RunKey = "r",
        GateVersion = "1",
        DenseWeights = "w",
        CandidateWeights = "c",
        Tokenizer = "t",
        Retention = 1,
        FirstCandidateWeights = first is null ? null : "f",
        Tasks = [new BaselineTask("facts", "d", "q", Items, 1, 1, Bits(right), first is null ? null : Bits(first))],
    };

    private static string Bits(Func<int, bool> right) => OutcomeBits.Write([.. Enumerable.Range(0, Items).Select(right)]);

    private static ImmutableArray<RuleResult> Rules(Baseline accepted, RatchetTask candidate) => VerdictEngine.Judge(
        [], [], new DecisionOptions(Resamples: 500), null, ratchets: RatchetRule.Compare(Options, accepted, [candidate], "t")).Verdict.Rules;

    [Fact]
    public void Losses_within_the_margin_each_time_do_not_add_up_beyond_the_total()
    {
        // Every candidate loses one in a hundred of what the one before it knew.
        for (int step = 1; step <= 8; step++)
        {
            int lost = step;
            ImmutableArray<RuleResult> rules = Rules(Accepted(i => i % 100 >= lost - 1, _ => true), Task(i => i % 100 >= lost));
            Assert.Equal(["baseline.retention", "baseline.total"], rules.Select(rule => rule.Key));
            Assert.Equal(VerdictState.Pass, rules[0].State);
            Assert.Equal(step <= 4 ? VerdictState.Pass : step <= 6 ? rules[1].State : VerdictState.Fail, rules[1].State);
            Assert.Contains("the first accepted candidate knew", rules[1].Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_first_of_a_chain_is_compared_once() =>
        Assert.Equal("baseline.retention", Assert.Single(Rules(Accepted(_ => true, null), Task(_ => true))).Key);
}
