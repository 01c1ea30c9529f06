using Gate.Evaluation.Sampling;

namespace Gate.Evaluation.Tests.Sampling;

public sealed class SeededSampleTests
{
    private static readonly string[] _ids = [.. Enumerable.Range(0, 500).Select(i => $"item-{i}")];

    [Fact]
    public void The_keys_never_change()
    {
        // python3: int.from_bytes(hashlib.sha256(b"gate-sample/1\n7\nitem-0").digest()[:8], "big")
        Assert.Equal(15396806899090157403UL, SeededSample.KeyOf(7, "item-0"));
        Assert.Equal(11283095211866095160UL, SeededSample.KeyOf(-1, "é"));
    }

    [Fact]
    public void A_larger_limit_only_adds_items()
    {
        IReadOnlyList<string> few = Take(_ids, 20, 7);
        Assert.Equal(20, few.Count);
        Assert.Subset(Take(_ids, 100, 7).ToHashSet(), few.ToHashSet());
    }

    [Fact]
    public void The_sample_keeps_file_order_and_does_not_depend_on_it()
    {
        Assert.Equal(_ids.Where(Take(_ids, 50, 7).Contains), Take(_ids, 50, 7));
        string[] reversed = [.. _ids.Reverse()];
        Assert.Equal(Take(_ids, 50, 7).Reverse(), Take(reversed, 50, 7));
    }

    [Fact]
    public void Another_seed_gives_another_sample() => Assert.NotEqual(Take(_ids, 50, 7), Take(_ids, 50, 8));

    [Fact]
    public void Without_a_limit_all_items_are_taken()
    {
        Assert.Equal(_ids, Take(_ids, null, 7));
        Assert.Equal(_ids, Take(_ids, 500, 7));
    }

    [Fact]
    public void The_sample_is_spread_evenly()
    {
        // 100 of 500 items: each is taken in a fifth of the seeds.
        int[] counts = new int[500];
        for (int seed = 0; seed < 400; seed++)
        {
            foreach (string id in Take(_ids, 100, seed))
                counts[int.Parse(id[5..])]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 45, 115));
    }

    private static IReadOnlyList<string> Take(string[] ids, int? limit, long seed) => SeededSample.Take(ids, id => id, limit, seed);
}
