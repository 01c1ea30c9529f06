using Gate.Core.Caching;
using Gate.Models.Inference;

namespace Gate.Core.Tests.Caching;

public sealed class IdentityCacheTests : IDisposable
{
    private static readonly ModelIdentity Model = new("llama", "w1", "c1", "t1", "managed/1");
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-identity-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_unchanged_folder_is_remembered_and_any_change_forgets_it()
    {
        string model = Directory.CreateDirectory(Path.Combine(_folder, "model")).FullName;
        string weights = Path.Combine(model, "model.safetensors");
        File.WriteAllBytes(weights, [1, 2, 3]);
        File.WriteAllText(Path.Combine(model, "config.json"), "{}");
        var cache = new IdentityCache(new CacheStore(Path.Combine(_folder, "cache")), TimeProvider.System);
        string fingerprint = cache.Fingerprint(model);
        Assert.Null(cache.Find(fingerprint));
        cache.Remember(fingerprint, Model);
        Assert.Equal(Model, cache.Find(cache.Fingerprint(model)));

        File.WriteAllBytes(weights, [1, 2, 4]);
        Assert.Null(cache.Find(cache.Fingerprint(model)));
    }

    [Fact]
    public void A_flipped_bit_is_a_miss_also_when_size_and_every_time_that_can_be_set_are_the_old_ones()
    {
        string model = Directory.CreateDirectory(Path.Combine(_folder, "model")).FullName;
        string weights = Path.Combine(model, "model.safetensors");
        File.WriteAllBytes(weights, [1, 2, 3, 4]);
        var cache = new IdentityCache(new CacheStore(Path.Combine(_folder, "cache")), TimeProvider.System);
        string fingerprint = cache.Fingerprint(model);
        cache.Remember(fingerprint, Model);
        (DateTime written, DateTime read) = (File.GetLastWriteTimeUtc(weights), File.GetLastAccessTimeUtc(weights));

        using (var stream = new FileStream(weights, FileMode.Open))
        {
            stream.Position = 2;
            stream.WriteByte(3 ^ 4);
        }

        File.SetLastWriteTimeUtc(weights, written);
        File.SetLastAccessTimeUtc(weights, read);
        Assert.Equal(4, new FileInfo(weights).Length);
        Assert.Equal(written, File.GetLastWriteTimeUtc(weights));

        // Elsewhere the system is not asked for a time that no program can set: there the times of writing and of birth decide.
        if (OperatingSystem.IsLinux())
            Assert.Null(cache.Find(cache.Fingerprint(model)));

        // Another file moved to the name of the first is another file, whatever its times say.
        string copy = Path.Combine(_folder, "copy.safetensors");
        File.WriteAllBytes(copy, [1, 2, 3, 5]);
        File.SetLastWriteTimeUtc(copy, written);
        File.Move(copy, weights, overwrite: true);
        Assert.Null(cache.Find(cache.Fingerprint(model)));
    }

    [Fact]
    public void Two_models_that_take_turns_in_one_folder_never_share_an_identity()
    {
        string model = Directory.CreateDirectory(Path.Combine(_folder, "model")).FullName;
        string weights = Path.Combine(model, "model.safetensors");
        var cache = new IdentityCache(new CacheStore(Path.Combine(_folder, "cache")), TimeProvider.System);
        HashSet<string> seen = [];
        for (int i = 0; i < 6; i++)
        {
            File.WriteAllBytes(weights, [1, 2, (byte)(i % 2)]);
            string fingerprint = cache.Fingerprint(model);
            Assert.True(seen.Add(fingerprint), $"turn {i} has the fingerprint of an earlier one");
            Assert.Null(cache.Find(fingerprint));
            cache.Remember(fingerprint, Model with { WeightsHash = $"w{i % 2}" });
            Assert.Equal($"w{i % 2}", cache.Find(cache.Fingerprint(model))!.WeightsHash);
        }
    }

    [Fact]
    public void A_flipped_bit_in_the_remembered_identity_is_a_miss()
    {
        string model = Directory.CreateDirectory(Path.Combine(_folder, "model")).FullName;
        File.WriteAllBytes(Path.Combine(model, "model.safetensors"), [1, 2, 3]);
        var cache = new IdentityCache(new CacheStore(Path.Combine(_folder, "cache")), TimeProvider.System);
        string fingerprint = cache.Fingerprint(model);
        cache.Remember(fingerprint, Model);
        string file = Directory.EnumerateFiles(Path.Combine(_folder, "cache"), "*.journal", SearchOption.AllDirectories).Single();
        byte[] bytes = File.ReadAllBytes(file);
        for (int bit = 0; bit < (bytes.Length - 1) * 8; bit += 5)
        {
            byte[] damaged = [.. bytes];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(file, damaged);
            Assert.Null(cache.Find(fingerprint));
        }
    }
}
