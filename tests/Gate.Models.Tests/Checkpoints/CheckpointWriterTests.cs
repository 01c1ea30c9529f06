using FsCheck;
using FsCheck.Fluent;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;
using Gate.Numerics.NumberFormats;
using Gate.Tests;

namespace Gate.Models.Tests.Checkpoints;

public sealed class CheckpointWriterTests
{
    private static readonly byte[] Configuration = "{\"model_type\":\"llama\"}"u8.ToArray();

    [Fact]
    public void Every_written_tensor_is_read_back_byte_for_byte()
    {
        Gen<TensorToWrite[]> tensors = Tensor().ArrayOf().Where(list => list.Length > 0).Select(list =>
            list.DistinctBy(tensor => tensor.Name, StringComparer.Ordinal).ToArray());
        Prop.ForAll(tensors.ToArbitrary(), list =>
        {
            using var folder = new TemporaryFolder();
            File.WriteAllBytes(folder.PathOf("config.json"), Configuration);
            CheckpointWriter.WriteTensors(folder.Path, list, maximumShardBytes: 64);
            using Checkpoint checkpoint = Checkpoint.Open(folder.Path);
            Assert.Equal(list.Length, checkpoint.Tensors.Count);
            foreach (TensorToWrite expected in list)
            {
                TensorInfo found = checkpoint.Require(expected.Name);
                Assert.Equal(expected.Shape, found.Shape);
                Assert.Equal(expected.Format, found.Format);
                Assert.Equal(0, found.Offset % found.ElementSize);
                using var bytes = new MemoryStream();
                expected.Write(bytes);
                Assert.Equal(bytes.ToArray(), checkpoint.ReadBytes(found, 0, found.RowCount).ToArray());
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Sharding_changes_neither_the_hash_nor_the_total()
    {
        using Checkpoint sharded = Checkpoint.Open(Repository.Fixture("architectures", "llama_bf16_sharded"));
        string hash = sharded.ComputeWeightsHash(TestContext.Current.CancellationToken);
        foreach (long shardBytes in new[] { 1L, 10_000, long.MaxValue })
        {
            using var folder = new TemporaryFolder();
            CopyTo(folder, sharded, shardBytes);
            using Checkpoint copy = Checkpoint.Open(folder.Path);
            Assert.Equal(hash, copy.ComputeWeightsHash(TestContext.Current.CancellationToken));
            Assert.Equal(shardBytes == long.MaxValue ? 1 : copy.Tensors.Select(tensor => tensor.File).Distinct().Count(), Directory.GetFiles(folder.Path, "*.safetensors").Length);
            Assert.All(copy.Tensors.GroupBy(tensor => tensor.File), shard => Assert.True(shard.Count() == 1 || shard.Sum(tensor => tensor.Length) <= shardBytes));
        }
    }

    [Fact]
    public void One_changed_byte_changes_the_hash()
    {
        using Checkpoint sharded = Checkpoint.Open(Repository.Fixture("architectures", "llama_bf16_sharded"));
        using var folder = new TemporaryFolder();
        CopyTo(folder, sharded, long.MaxValue);
        byte[] bytes = File.ReadAllBytes(folder.PathOf("model.safetensors"));
        bytes[^1] ^= 1;
        File.WriteAllBytes(folder.PathOf("model.safetensors"), bytes);
        using Checkpoint copy = Checkpoint.Open(folder.Path);
        Assert.NotEqual(sharded.ComputeWeightsHash(TestContext.Current.CancellationToken), copy.ComputeWeightsHash(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void The_same_tensors_give_the_same_bytes_with_a_padded_header()
    {
        using Checkpoint sharded = Checkpoint.Open(Repository.Fixture("architectures", "llama_bf16_sharded"));
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();
        CopyTo(first, sharded, long.MaxValue);
        CopyTo(second, sharded, long.MaxValue);
        byte[] bytes = File.ReadAllBytes(first.PathOf("model.safetensors"));
        Assert.Equal(bytes, File.ReadAllBytes(second.PathOf("model.safetensors")));
        Assert.Equal(0, BitConverter.ToInt64(bytes) % 8);
        Assert.StartsWith("{\"__metadata__\":{\"format\":\"pt\"},\"lm_head.weight\":{\"dtype\":\"BF16\",\"shape\":[160,48]", System.Text.Encoding.UTF8.GetString(bytes.AsSpan(8, 200)));
    }

    [Fact]
    public void A_new_checkpoint_replaces_the_shards_of_an_old_one()
    {
        using Checkpoint source = Checkpoint.Open(Repository.Fixture("architectures", "llama_bf16_sharded"));
        using var folder = new TemporaryFolder();
        CopyTo(folder, source, 10_000);
        CopyTo(folder, source, long.MaxValue);
        Assert.Equal(["config.json", "model.safetensors"], Directory.GetFiles(folder.Path).Select(path => Path.GetFileName(path)).Order());
        CopyTo(folder, source, 100_000);
        Assert.False(File.Exists(folder.PathOf("model.safetensors")));
    }

    [Fact]
    [Trait("Complaint", "21")]
    public void A_failing_or_cancelled_write_leaves_the_folder_as_it_was()
    {
        using var folder = new TemporaryFolder();
        var wrong = new TensorToWrite("w", NumberFormat.Float32, [2], stream => stream.Write([1, 2, 3]));
        Assert.Throws<InvalidOperationException>(() => CheckpointWriter.WriteTensors(folder.Path, [wrong], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
        using var cancelled = new CancellationTokenSource();
        var cancelling = new TensorToWrite("w", NumberFormat.Int8, [1], stream =>
        {
            stream.WriteByte(1);
            cancelled.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => CheckpointWriter.WriteTensors(folder.Path, [cancelling], cancellationToken: cancelled.Token));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_refused_with_its_path()
    {
        var tensor = new TensorToWrite("w", NumberFormat.Int8, [1], stream => stream.WriteByte(1));
        GateException refused = Assert.Throws<GateException>(() => CheckpointWriter.WriteTensors("/nowhere/at/all", [tensor], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("GATE3030", refused.Diagnostic.Code);
        Assert.Equal(ExitCode.InputUnavailable, refused.ExitCode);
        Assert.Contains("/nowhere/at/all", refused.Message);
    }

    [Fact]
    public void A_full_disk_is_refused_with_its_path()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs /dev/full");
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder.PathOf($".model.safetensors.{Environment.ProcessId}.tmp"), "/dev/full");
        var tensor = new TensorToWrite("w", NumberFormat.Int8, [8 << 20], stream => stream.Write(new byte[8 << 20]));
        GateException refused = Assert.Throws<GateException>(() => CheckpointWriter.WriteTensors(folder.Path, [tensor], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("GATE3031", refused.Diagnostic.Code);
        Assert.Contains("model.safetensors", refused.Message);
    }

    [Fact]
    public void Hashing_can_be_cancelled()
    {
        using Checkpoint checkpoint = Checkpoint.Open(Repository.PathOf("samples", "models", "facts-llama"));
        Assert.ThrowsAny<OperationCanceledException>(() => checkpoint.ComputeWeightsHash(new CancellationToken(canceled: true)));
    }

    private static void CopyTo(TemporaryFolder folder, Checkpoint source, long shardBytes)
    {
        File.WriteAllBytes(folder.PathOf("config.json"), Configuration);
        CheckpointWriter.WriteTensors(
            folder.Path,
            source.Tensors.Reverse().Select(tensor => new TensorToWrite(
                tensor.Name, tensor.Format, tensor.Shape, stream => stream.Write(source.ReadBytes(tensor, 0, tensor.RowCount)))),
            shardBytes,
            TestContext.Current.CancellationToken);
    }

    private static Gen<TensorToWrite> Tensor() =>
        from name in ArbMap.Default.GeneratorFor<NonEmptyString>()
        from format in Gen.Elements(Enum.GetValues<NumberFormat>())
        from shape in Gen.Choose(0, 4).Select(extent => (long)extent).ArrayOf(2)
        from seed in Gen.Choose(0, 255)
        where name.Get != "__metadata__" && !name.Get.Any(char.IsSurrogate)
        select new TensorToWrite(name.Get, format, [.. shape], stream =>
        {
            long bytes = shape.Aggregate((long)StoredFormats.SizeOf(format), (product, extent) => product * extent);
            for (long i = 0; i < bytes; i++)
                stream.WriteByte((byte)(seed + i));
        });
}
