using Gate.Tests;
using static Gate.Models.Tests.Families.Binary64.Equations;

namespace Gate.Models.Tests.Families.Binary64;

/// <summary>ModernBERT: no biases, rotary positions, every second block here sees all tokens and the others four to each side.</summary>
internal sealed class ModernBertReference : IReferenceModel
{
    private const int Vocabulary = 50, Width = 24, Inner = 40, Heads = 3, Size = Width / Heads, Layers = 5, Every = 2, Window = 8;
    private const double Epsilon = 1e-5, GlobalTheta = 160_000, LocalTheta = 10_000;

    private readonly RandomCheckpoint _weights = new(12);

    public ModernBertReference()
    {
        _weights.Add("model.embeddings.tok_embeddings.weight", 1, 0, Vocabulary, Width);
        _weights.AddNorm("model.embeddings.norm", Width, bias: false);
        for (int i = 0; i < Layers; i++)
        {
            string layer = $"model.layers.{i}";
            if (i > 0)
                _weights.AddNorm($"{layer}.attn_norm", Width, bias: false);
            _weights.AddLinear($"{layer}.attn.Wqkv", 3 * Width, Width, bias: false);
            _weights.AddLinear($"{layer}.attn.Wo", Width, Width, bias: false);
            _weights.AddNorm($"{layer}.mlp_norm", Width, bias: false);
            _weights.AddLinear($"{layer}.mlp.Wi", 2 * Inner, Width, bias: false);
            _weights.AddLinear($"{layer}.mlp.Wo", Width, Inner, bias: false);
        }

        _weights.AddNorm("model.final_norm", Width, bias: false);
        _weights.AddLinear("head.dense", Width, Width, bias: false);
        _weights.AddNorm("head.norm", Width, bias: false);
        _weights.Add("decoder.bias", 0.5, 0, Vocabulary);
    }

    public string Family => "modernbert";

    public void Write(string folder) => _weights.Write(
        folder,
        $$"""
        {"model_type":"modernbert","vocab_size":{{Vocabulary}},"hidden_size":{{Width}},"intermediate_size":{{Inner}},"num_hidden_layers":{{Layers}},"num_attention_heads":{{Heads}},
        "hidden_activation":"gelu","max_position_embeddings":64,"norm_eps":1e-5,"norm_bias":false,"global_rope_theta":160000.0,"local_rope_theta":10000.0,"attention_bias":false,
        "global_attn_every_n_layers":{{Every}},"local_attention":{{Window}},"mlp_bias":false,"decoder_bias":true,"classifier_bias":false,"classifier_activation":"gelu","pad_token_id":0}
        """);

    public double[][] Logits(int[] ids)
    {
        double[][] words = _weights.Matrix("model.embeddings.tok_embeddings.weight");
        double[][] x = [.. ids.Select(id => Norm("model.embeddings.norm", words[id]))];
        for (int i = 0; i < Layers; i++)
        {
            string layer = $"model.layers.{i}";
            bool isGlobal = i % Every == 0;
            double[] frequencies = Frequencies(Size, isGlobal ? GlobalTheta : LocalTheta);
            double[][] projected = [.. x.Select(row => Dense($"{layer}.attn.Wqkv", i == 0 ? row : Norm($"{layer}.attn_norm", row)))];
            double[][] Part(int part, bool turns) =>
                [.. projected.Select((row, t) => turns ? Rotate(row[(part * Width)..((part + 1) * Width)], Size, t, frequencies) : row[(part * Width)..((part + 1) * Width)])];
            double[][] attended = Attend(Part(0, true), Part(1, true), Part(2, false), Heads, Heads, (a, b) => isGlobal || Math.Abs(a - b) <= Window / 2);
            x = [.. x.Zip(attended, (row, gathered) => Add(row, Dense($"{layer}.attn.Wo", gathered)))];
            x = [.. x.Select(row =>
            {
                double[] both = Dense($"{layer}.mlp.Wi", Norm($"{layer}.mlp_norm", row));
                return Add(row, Dense($"{layer}.mlp.Wo", [.. Gelu(both[..Inner]).Zip(both[Inner..], (a, b) => a * b)]));
            })];
        }

        return [.. x.Select(row => Linear(Norm("head.norm", Gelu(Dense("head.dense", Norm("model.final_norm", row)))), words, _weights.Vector("decoder.bias")))];
    }

    private double[] Dense(string module, double[] x) => Linear(x, _weights.Matrix($"{module}.weight"));

    private double[] Norm(string module, double[] x) => LayerNorm(x, _weights.Vector($"{module}.weight"), null, Epsilon);
}
