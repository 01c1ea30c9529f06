using System.Collections.Immutable;
using Gate.Core.Caching;
using Gate.Evaluation.Sources;
using Gate.Evaluation.Tasks;
using Gate.Models.Inference;

namespace Gate.Core.Tests.Caching;

public sealed class ItemResultCacheTests : IDisposable
{
    private static readonly ModelIdentity Model = new("llama", "w1", "c1", "t1", "managed/1");
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-cache-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_kept_result_comes_back_bit_for_bit_also_when_it_is_not_a_number()
    {
        ItemResult kept = Result(0.1 + 0.2) with { Margin = double.NaN, Answer = "a\n\u2028\"", Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("mrr", 1.0 / 3) };
        Keep(Model, "task", ("one", kept));
        ItemResult? found = Find(Model, "task", "one");
        Assert.NotNull(found);
        Assert.Equal(BitConverter.DoubleToInt64Bits(kept.Score), BitConverter.DoubleToInt64Bits(found.Score));
        Assert.True(double.IsNaN(found.Margin!.Value));
        Assert.Equal(kept.Answer, found.Answer);
        Assert.Equal(kept.Metrics, found.Metrics);
    }

    [Fact]
    [Trait("Complaint", "09")]
    public void Two_models_never_share_an_entry_nor_do_two_tasks_or_items()
    {
        Keep(Model, "task", ("one", Result(1)));
        foreach (ModelIdentity other in new[]
        {
            Model with { WeightsHash = "w2" }, Model with { ConfigurationHash = "c2" }, Model with { TokenizerHash = "t2" },
            Model with { Engine = "managed/2" }, Model with { Family = "mistral" },
        })
        {
            Assert.Null(Find(other, "task", "one"));
        }

        Assert.Null(Find(Model, "other", "one"));
        Assert.Null(Find(Model, "task", "two"));
        Assert.NotNull(Find(Model, "task", "one"));
    }

    [Fact]
    public void An_entry_moved_to_another_models_place_is_a_miss()
    {
        Keep(Model, "task", ("one", Result(1)));
        string from = Directory.EnumerateDirectories(Path.Combine(_folder, "items")).Single();
        ModelIdentity other = Model with { WeightsHash = "w2" };
        Keep(other, "task", ("two", Result(0)));
        string to = Directory.EnumerateDirectories(Path.Combine(_folder, "items")).Single(path => path != from);
        File.Copy(Directory.EnumerateFiles(from).Single(), Path.Combine(to, "moved.journal"));
        using ItemResultEntries entries = new ItemResultCache(new CacheStore(_folder)).Open(other, Task("task"));
        Assert.Null(entries.Find(Item("one")));
        Assert.Equal(1, entries.Damaged);
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_a_miss_and_never_another_value()
    {
        Keep(Model, "task", ("one", Result(1)));
        string file = Directory.EnumerateFiles(_folder, "*.journal", SearchOption.AllDirectories).Single();
        byte[] bytes = File.ReadAllBytes(file);
        for (int bit = 0; bit < (bytes.Length - 1) * 8; bit += 3)
        {
            byte[] damaged = [.. bytes];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(file, damaged);
            Assert.Null(Find(Model, "task", "one"));
        }
    }

    [Fact]
    public void A_journal_cut_off_at_any_byte_keeps_every_line_before_the_cut()
    {
        Keep(Model, "task", ("one", Result(1)), ("two", Result(0)));
        string file = Directory.EnumerateFiles(_folder, "*.journal", SearchOption.AllDirectories).Single();
        byte[] bytes = File.ReadAllBytes(file);
        int secondLine = Array.IndexOf(bytes, (byte)'\n') + 1;
        for (int length = 0; length < bytes.Length - 1; length += 7)
        {
            File.WriteAllBytes(file, bytes[..length]);
            Assert.Equal(length >= secondLine - 1, Find(Model, "task", "one") is not null);
            Assert.Null(Find(Model, "task", "two"));
        }
    }

    [Fact]
    public void Any_number_of_writers_can_write_at_the_same_time()
    {
        Parallel.For(0, 16, i => Keep(Model, "task", [.. Enumerable.Range(0, 50).Select(j => ($"{i}-{j}", Result(i)))]));
        using ItemResultEntries entries = new ItemResultCache(new CacheStore(_folder)).Open(Model, Task("task"));
        Assert.Equal(0, entries.Damaged);
        for (int i = 0; i < 16; i++)
            Assert.All(Enumerable.Range(0, 50), j => Assert.Equal(i, entries.Find(Item($"{i}-{j}"))!.Score));
    }

    [Fact]
    public void Without_a_folder_nothing_is_kept()
    {
        using ItemResultEntries entries = new ItemResultCache(null).Open(Model, Task("task"));
        entries.Keep([(Item("one"), Result(1))]);
        Assert.Null(entries.Find(Item("one")));
    }

    private void Keep(ModelIdentity model, string task, params (string Item, ItemResult Result)[] results)
    {
        using ItemResultEntries entries = new ItemResultCache(new CacheStore(_folder)).Open(model, Task(task));
        entries.Keep(results.Select(pair => (Item(pair.Item), pair.Result)));
    }

    private ItemResult? Find(ModelIdentity model, string task, string item)
    {
        using ItemResultEntries entries = new ItemResultCache(new CacheStore(_folder)).Open(model, Task(task));
        return entries.Find(Item(item));
    }

    private static ItemResult Result(double score) => new() { ItemId = "x", Score = score, Answer = "Paris" };

    private static TaskItem Item(string id) => new() { Id = id, Prompt = id, Answers = ["Paris"], Chance = 0, Hash = $"hash of {id}" };

    private static TaskDefinition Task(string name) => new()
    {
        Name = name,
        Title = name,
        Kind = "closed-book-qa",
        Protocol = "p@1",
        Source = new DataSource([]),
        Prompt = "{question}",
        Metric = "exact_match",
        DefinitionHash = $"definition of {name}",
    };
}
