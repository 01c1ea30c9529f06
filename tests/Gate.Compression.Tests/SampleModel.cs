using Gate.Compression.Recipes;
using Gate.Models;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Compression.Tests;

/// <summary>The committed sample model, and folders to compress it into.</summary>
internal sealed class SampleModel : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("gate-compression-").FullName;

    public static string Folder => Repository.PathOf("samples", "models", "facts-llama");

    public Model Dense { get; } = Model.Open(Folder);

    public string PathOf(params string[] parts) => Path.Combine([_root, .. parts]);

    public CompressionOutcome Compress(Recipe recipe, string name = "candidate", int threads = 2) =>
        Compressor.Compress(Dense, Compressor.Plan(Dense, recipe, null), PathOf(name), new ComputeThreads(threads));

    public void Dispose()
    {
        Dense.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
