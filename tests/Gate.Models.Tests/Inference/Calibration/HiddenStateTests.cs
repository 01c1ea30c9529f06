using Gate.Models.Blueprints;
using Gate.Models.Calibration;
using Gate.Numerics.Threading;
using Gate.Tests;

namespace Gate.Models.Tests.Inference.Calibration;

/// <summary>What enters each block against the hidden states of the Hugging Face modelling code.</summary>
public sealed class HiddenStateTests
{
    private const double Tolerance = 1e-4;

    // Calibration knows no second kind of token, which the sequences of these references have: their logits hold them.
    private static readonly string[] WithTypes = ["albert", "albert_groups", "bert", "bert_hub_names"];

    public static TheoryData<string> Fixtures =>
    [
        .. Directory.EnumerateDirectories(Repository.Fixture("architectures")).Select(folder => Path.GetFileName(folder)).Where(name => name != "llama_bf16_sharded")
            .Except(WithTypes).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void What_enters_each_block_is_what_the_reference_computes(string fixture)
    {
        GoldenTensors golden = GoldenTensors.Of(fixture);
        using Model model = Model.Open(Repository.Fixture("architectures", fixture));
        bool encodes = model.Kind == ModelKind.EncoderDecoder;
        string states = encodes ? "seq0.encoder_hidden_states" : "seq0.hidden_states";
        int[] ids = golden.Ids("seq0.input_ids");
        Assert.False(golden.Has("seq0.token_type_ids"));

        // The encoder of an encoder–decoder reads the first half of a window.
        using ActivationStream stream = ActivationStream.Open(
            model, [encodes ? [.. ids, .. ids[..^1]] : ids], new ActivationOptions(new ComputeThreads(2)), TestContext.Current.CancellationToken);

        // The last of the states is behind the final norm, which logits hold.
        int count = Enumerable.Range(0, 100).TakeWhile(i => golden.Has($"{states}.{i}")).Count() - 1;
        int blocks = encodes ? model.Blueprint.Encoder!.Blocks.Length : stream.BlockCount;
        Assert.Equal(0, blocks % count);
        for (int state = 0; state < count; state++)
        {
            float[] expected = golden.Singles($"{states}.{state}"), actual = stream.ReadResidual(0);
            double worst = expected.Zip(actual, (a, b) => (double)Math.Abs(a - b)).Max();
            Assert.Equal(expected.Length, actual.Length);
            Assert.True(worst <= Tolerance * Math.Max(1, expected.Max(MathF.Abs)), $"{fixture}, before block {stream.Block}: largest difference {worst:e2}");
            for (int block = 0; block < blocks / count; block++)
                stream.Advance(cancellationToken: TestContext.Current.CancellationToken);
        }
    }
}
