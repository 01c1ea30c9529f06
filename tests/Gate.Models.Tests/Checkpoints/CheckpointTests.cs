using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;
using Gate.Tests;

namespace Gate.Models.Tests.Checkpoints;

public sealed class CheckpointTests
{
    [Fact]
    public void The_sample_model_opens_with_its_configuration_and_tensors()
    {
        using Checkpoint checkpoint = Checkpoint.Open(Repository.PathOf("samples", "models", "facts-llama"));
        Assert.Equal("llama", checkpoint.Configuration.ModelType);
        Assert.Equal(4096, checkpoint.Configuration.RequireInt32("vocab_size"));
        TensorInfo embedding = checkpoint.Require("model.embed_tokens.weight");
        Assert.Equal(NumberFormat.BFloat16, embedding.Format);
        Assert.Equal([4096L, 128L], embedding.Shape);
        Assert.Equal(checkpoint.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal), checkpoint.Tensors.Select(tensor => tensor.Name));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Every_architecture_fixture_opens_and_reads_finite_values(string name)
    {
        using Checkpoint checkpoint = Checkpoint.Open(Repository.Fixture("architectures", name));
        foreach (TensorInfo tensor in checkpoint.Tensors.Where(tensor => Widening.Supports(tensor.Format)))
            Assert.All(checkpoint.ReadSingles(tensor.Name), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void A_sharded_checkpoint_finds_each_tensor_in_its_shard()
    {
        using Checkpoint checkpoint = Checkpoint.Open(Repository.Fixture("architectures", "llama_bf16_sharded"));
        Assert.Equal("model-00001-of-00002.safetensors", checkpoint.Require("lm_head.weight").File);
        Assert.Equal("model-00002-of-00002.safetensors", checkpoint.Require("model.norm.weight").File);
        Assert.Equal(144288, checkpoint.Tensors.Sum(tensor => tensor.Length));
    }

    public static TheoryData<string> Architectures() =>
        [.. Directory.EnumerateDirectories(Repository.Fixture("architectures")).Select(path => Path.GetFileName(path))];
}
