using System.Collections.Immutable;
using Gate.Core.Configuration;
using Gate.Core.Pipeline;
using Gate.Evaluation.Tasks;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Core.Tests.Pipeline;

/// <summary>The cache with the real sample model: what is unchanged is never loaded, what changed by a bit always is.</summary>
public sealed class KeptAnswersTests : IDisposable
{
    private static readonly SuiteOptions Suite = new(["factoid-qa", "mcqa"], ".", 3, 7, ImmutableSortedDictionary<string, double>.Empty);
    private readonly string _folder = Directory.CreateTempSubdirectory("gate-kept-").FullName;

    public KeptAnswersTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "model"));
        foreach (string file in Directory.EnumerateFiles(Repository.PathOf("samples", "models", "facts-llama")))
            File.Copy(file, Path.Combine(_folder, "model", Path.GetFileName(file)));
    }

    private string Weights => Path.Combine(_folder, "model", "model.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Unchanged_inputs_give_the_same_answers_and_load_no_model()
    {
        (string[] first, bool loaded, string weights) = Ask();
        Assert.True(loaded);
        (string[] second, bool again, string remembered) = Ask();
        Assert.False(again, "the model was loaded although every answer was kept");
        Assert.Equal(first, second);
        Assert.Equal(weights, remembered);
    }

    [Fact]
    public void A_bit_flipped_in_the_weights_behind_the_old_size_and_time_is_a_miss()
    {
        string weights = Ask().Weights;
        DateTime written = File.GetLastWriteTimeUtc(Weights);
        long size = new FileInfo(Weights).Length;
        FlipLastBit();
        File.SetLastWriteTimeUtc(Weights, written);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere the time of the last change is not asked for");
        Assert.Equal((written, size), (File.GetLastWriteTimeUtc(Weights), new FileInfo(Weights).Length));
        (_, bool loaded, string changed) = Ask();
        Assert.True(loaded, "answers of other weights were taken from the cache");
        Assert.NotEqual(weights, changed);

        // Flipped back it is the first model again, known by content whatever its times say.
        FlipLastBit();
        (_, loaded, changed) = Ask();
        Assert.False(loaded);
        Assert.Equal(weights, changed);
    }

    [Fact]
    public void Two_models_that_take_turns_in_one_folder_never_share_an_answer()
    {
        (string[] Answers, bool Loaded, string Weights)[] turns = new (string[], bool, string)[4];
        for (int i = 0; i < turns.Length; i++)
        {
            turns[i] = Ask();
            Negate();
        }

        Assert.Equal([true, true, false, false], turns.Select(turn => turn.Loaded));
        Assert.NotEqual(turns[0].Weights, turns[1].Weights);
        Assert.NotEqual(turns[0].Answers, turns[1].Answers);
        Assert.Equal(turns[0].Answers, turns[2].Answers);
        Assert.Equal(turns[1].Answers, turns[3].Answers);
    }

    private (string[] Answers, bool Loaded, string Weights) Ask()
    {
        var context = new RunContext(_folder, Path.Combine(_folder, "cache"), new ComputeThreads(2), TimeProvider.System, 0, null, TestContext.Current.CancellationToken);
        using JudgedModel model = JudgedModel.Open(context, new NamedPath("model", Path.Combine(_folder, "model")));
        ImmutableDictionary<string, ImmutableArray<ItemResult>> answers = SuiteEvaluation.Evaluate(context, "model", model, AskedTask.Load(Suite, model));
        return (
            [.. Suite.Tasks.SelectMany(task => answers[task]).Select(result => $"{result.ItemId} {result.Answer} {result.Score:R} {result.Margin:R}")], model.IsLoaded,
            model.Identity.WeightsHash);
    }

    private void FlipLastBit() => Change(bytes => bytes[^1] ^= 1);

    // Another model of the same size: every second weight from the end of the file has the other sign.
    private void Negate() => Change(bytes =>
    {
        for (int i = bytes.Length - 1; i > bytes.Length - 4000; i -= 4)
            bytes[i] ^= 0x80;
    });

    private void Change(Action<byte[]> change)
    {
        byte[] bytes = File.ReadAllBytes(Weights);
        change(bytes);
        File.WriteAllBytes(Weights, bytes);
    }
}
