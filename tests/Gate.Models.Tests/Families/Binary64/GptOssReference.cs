using Gate.Tests;
using static Gate.Models.Tests.Families.Binary64.Equations;

namespace Gate.Models.Tests.Families.Binary64;

/// <summary>GPT-OSS with stacked experts, in binary32 or packed as MXFP4.</summary>
internal sealed class GptOssReference : IReferenceModel
{
    private const int Vocabulary = 50, Width = 64, Inner = 32, Heads = 4, KeyHeads = 2, Size = 8, Layers = 3, Experts = 5, Chosen = 2, Window = 4, Original = 8;
    private const double Epsilon = 1e-5, Theta = 150_000, Factor = 4, Fast = 32, Slow = 1, Alpha = 1.702, Limit = 7;

    // Powers of two around 2⁻³, so that some gates reach the limit and most do not.
    private const int FirstExponent = 122, LastExponent = 126;

    private static readonly double[] Codes = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6];

    private readonly RandomCheckpoint _weights = new(13);
    private readonly bool _packed;

    public GptOssReference(bool packed)
    {
        _packed = packed;
        _weights.Add("model.embed_tokens.weight", 1, 0, Vocabulary, Width);
        for (int i = 0; i < Layers; i++)
        {
            string layer = $"model.layers.{i}";
            _weights.AddNorm($"{layer}.input_layernorm", Width, bias: false);
            _weights.AddLinear($"{layer}.self_attn.q_proj", Heads * Size, Width);
            _weights.AddLinear($"{layer}.self_attn.k_proj", KeyHeads * Size, Width);
            _weights.AddLinear($"{layer}.self_attn.v_proj", KeyHeads * Size, Width);
            _weights.AddLinear($"{layer}.self_attn.o_proj", Width, Heads * Size);
            _weights.Add($"{layer}.self_attn.sinks", 1, 0, Heads);
            _weights.AddNorm($"{layer}.post_attention_layernorm", Width, bias: false);
            _weights.AddLinear($"{layer}.mlp.router", Experts, Width);
            AddExperts($"{layer}.mlp.experts.gate_up_proj", 2 * Inner, Width);
            AddExperts($"{layer}.mlp.experts.down_proj", Width, Inner);
        }

        _weights.AddNorm("model.norm", Width, bias: false);
        _weights.AddLinear("lm_head", Vocabulary, Width, bias: false);
    }

    public string Family => "gpt_oss";

    public void Write(string folder) => _weights.Write(
        folder,
        $$"""
        {"model_type":"gpt_oss","vocab_size":{{Vocabulary}},"hidden_size":{{Width}},"intermediate_size":{{Inner}},"num_hidden_layers":{{Layers}},"num_attention_heads":{{Heads}},
        "num_key_value_heads":{{KeyHeads}},"head_dim":{{Size}},"num_local_experts":{{Experts}},"num_experts_per_tok":{{Chosen}},"experts_per_token":{{Chosen}},"hidden_act":"silu",
        "sliding_window":{{Window}},"layer_types":["sliding_attention","full_attention","sliding_attention"],"attention_bias":true,"rms_norm_eps":1e-5,"rope_theta":150000,
        "initial_context_length":{{Original}},"max_position_embeddings":32,"swiglu_limit":7.0,"tie_word_embeddings":false,"router_aux_loss_coef":0.9,"output_router_logits":false,
        "rope_scaling":{"rope_type":"yarn","factor":4.0,"beta_fast":32.0,"beta_slow":1.0,"truncate":false,"original_max_position_embeddings":{{Original}}}
        {{(_packed ? ",\"quantization_config\":{\"quant_method\":\"mxfp4\",\"modules_to_not_convert\":[\"model.layers.*.self_attn\",\"lm_head\"]}" : "")}}}
        """);

    public double[][] Logits(int[] ids)
    {
        double[][] words = _weights.Matrix("model.embed_tokens.weight");
        double[][] x = [.. ids.Select(id => words[id])];
        (double[] frequencies, double scale) = Yarn();
        for (int i = 0; i < Layers; i++)
        {
            string layer = $"model.layers.{i}", attention = $"{layer}.self_attn";
            double[][] normed = [.. x.Select(row => Norm($"{layer}.input_layernorm", row))];
            double[][] Project(string name) => [.. normed.Select(row => Dense($"{attention}.{name}", row))];
            double[][] Turned(string name) => [.. Project(name).Select((row, t) => Rotate(row, Size, t, frequencies, scale))];
            bool windowed = i % 2 == 0;
            double[][] attended = Attend(
                Turned("q_proj"), Turned("k_proj"), Project("v_proj"), Heads, KeyHeads, (a, b) => b <= a && (!windowed || a - b < Window), _weights.Vector($"{attention}.sinks"));
            x = [.. x.Zip(attended, (row, gathered) => Add(row, Dense($"{attention}.o_proj", gathered)))];
            x = [.. x.Select(row => Add(row, Mixture($"{layer}.mlp", Norm($"{layer}.post_attention_layernorm", row))))];
        }

        return [.. x.Select(row => Linear(Norm("model.norm", row), _weights.Matrix("lm_head.weight")))];
    }

    private double[] Mixture(string module, double[] x)
    {
        double[] logits = Dense($"{module}.router", x);
        int[] chosen = [.. Enumerable.Range(0, Experts).OrderByDescending(expert => logits[expert]).Take(Chosen)];
        double[] shares = Softmax([.. chosen.Select(expert => logits[expert])]), sum = new double[Width];
        foreach ((int expert, double share) in chosen.Zip(shares))
        {
            double[] both = Times(x, _weights.Matrix($"{module}.experts.gate_up_proj", expert), Bias("gate_up_proj_bias"));
            double[] inner = [.. Enumerable.Range(0, Inner).Select(n =>
            {
                double gate = Math.Min(both[2 * n], Limit), up = Math.Clamp(both[(2 * n) + 1], -Limit, Limit);
                return (up + 1) * gate * Sigmoid(Alpha * gate);
            })];
            double[] made = Times(inner, _weights.Matrix($"{module}.experts.down_proj", expert), Bias("down_proj_bias"));
            sum = Add(sum, [.. made.Select(value => share * value)]);
            double[] Bias(string name) => _weights.Matrix($"{module}.experts.{name}")[expert];
        }

        return sum;
    }

    // Peng et al., 2023, without rounding the bounds.
    private static (double[] Frequencies, double Scale) Yarn()
    {
        double Pair(double turns) => Size * Math.Log(Original / (turns * 2 * Math.PI)) / (2 * Math.Log(Theta));
        double low = Math.Max(Pair(Fast), 0), high = Math.Min(Pair(Slow), Size - 1);
        double[] plain = Frequencies(Size, Theta);
        return ([.. plain.Select((frequency, d) =>
        {
            double ramp = Math.Clamp((d - low) / (high == low ? 0.001 : high - low), 0, 1);
            return (frequency / Factor * ramp) + (frequency * (1 - ramp));
        })], (0.1 * Math.Log(Factor)) + 1);
    }

    private void AddExperts(string name, int outputs, int inputs)
    {
        _weights.Add($"{name}_bias", 0.2, 0, Experts, outputs);
        if (!_packed)
        {
            _weights.Add(name, 3 / Math.Sqrt(inputs), 0, Experts, inputs, outputs);
            return;
        }

        int groups = inputs / 32;
        byte[] blocks = _weights.Bytes(Experts * outputs * groups * 16), scales = _weights.Bytes(Experts * outputs * groups, FirstExponent, LastExponent);
        _weights.AddStored($"{name}_blocks", "U8", blocks, Experts, outputs, groups, 16);
        _weights.AddStored($"{name}_scales", "U8", scales, Experts, outputs, groups);
        double[] values = new double[Experts * inputs * outputs];
        for (int i = 0; i < values.Length; i++)
        {
            // i counts [experts, inputs, outputs]; the blocks lie [experts, outputs, inputs].
            int expert = i / (inputs * outputs), input = i / outputs % inputs, output = i % outputs;
            int place = (((expert * outputs) + output) * inputs) + input;
            int code = (blocks[place / 2] >> (place % 2 * 4)) & 15;
            values[i] = Codes[code] * Math.Pow(2, scales[place / 32] - 127);
        }

        _weights.Know(name, values, Experts, inputs, outputs);
    }

    private double[] Dense(string module, double[] x) => Linear(x, _weights.Matrix($"{module}.weight"), _weights.Vector($"{module}.bias"));

    private double[] Norm(string module, double[] x) => RootMeanSquareNorm(x, _weights.Vector($"{module}.weight"), Epsilon);
}
