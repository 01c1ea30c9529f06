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
        var cache = new IdentityCache(Path.Combine(_folder, "cache"), TimeProvider.System);
        string fingerprint = cache.Fingerprint(model);
        Assert.Null(cache.Find(fingerprint));
        cache.Remember(fingerprint, Model);
        Assert.Equal(Model, cache.Find(cache.Fingerprint(model)));

        File.WriteAllBytes(weights, [1, 2, 4]);
        Assert.Null(cache.Find(cache.Fingerprint(model)));
    }
}
