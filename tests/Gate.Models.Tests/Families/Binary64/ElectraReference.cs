using Gate.Tests;
using static Gate.Models.Tests.Families.Binary64.Equations;

namespace Gate.Models.Tests.Families.Binary64;

/// <summary>ELECTRA's generator: BERT behind an embedding that is narrower than the encoder.</summary>
internal sealed class ElectraReference : IReferenceModel
{
    private const int Vocabulary = 50, Narrow = 12, Width = 24, Inner = 40, Heads = 3, Layers = 2;
    private const double Epsilon = 1e-12;

    private readonly RandomCheckpoint _weights = new(11);

    public ElectraReference()
    {
        _weights.Add("electra.embeddings.word_embeddings.weight", 1, 0, Vocabulary, Narrow);
        _weights.Add("electra.embeddings.position_embeddings.weight", 0.5, 0, 32, Narrow);
        _weights.Add("electra.embeddings.token_type_embeddings.weight", 0.5, 0, 2, Narrow);
        _weights.AddNorm("electra.embeddings.LayerNorm", Narrow, bias: true);
        _weights.AddLinear("electra.embeddings_project", Width, Narrow);
        for (int i = 0; i < Layers; i++)
        {
            string layer = $"electra.encoder.layer.{i}";
            foreach (string name in new[] { "self.query", "self.key", "self.value", "output.dense" })
                _weights.AddLinear($"{layer}.attention.{name}", Width, Width);
            _weights.AddNorm($"{layer}.attention.output.LayerNorm", Width, bias: true);
            _weights.AddLinear($"{layer}.intermediate.dense", Inner, Width);
            _weights.AddLinear($"{layer}.output.dense", Width, Inner);
            _weights.AddNorm($"{layer}.output.LayerNorm", Width, bias: true);
        }

        _weights.AddLinear("generator_predictions.dense", Narrow, Width);
        _weights.AddNorm("generator_predictions.LayerNorm", Narrow, bias: true);
        _weights.Add("generator_lm_head.bias", 0.5, 0, Vocabulary);
    }

    public string Family => "electra";

    public void Write(string folder) => _weights.Write(
        folder,
        $$"""
        {"model_type":"electra","vocab_size":{{Vocabulary}},"embedding_size":{{Narrow}},"hidden_size":{{Width}},"num_hidden_layers":{{Layers}},"num_attention_heads":{{Heads}},
        "intermediate_size":{{Inner}},"hidden_act":"gelu","max_position_embeddings":32,"type_vocab_size":2,"layer_norm_eps":1e-12,"pad_token_id":0}
        """);

    public double[][] Logits(int[] ids)
    {
        double[][] words = _weights.Matrix("electra.embeddings.word_embeddings.weight"), positions = _weights.Matrix("electra.embeddings.position_embeddings.weight");
        double[] type = _weights.Matrix("electra.embeddings.token_type_embeddings.weight")[0];
        double[][] x = [.. ids.Select((id, i) => Dense("electra.embeddings_project", Norm("electra.embeddings.LayerNorm", Add(Add(words[id], positions[i]), type))))];
        for (int i = 0; i < Layers; i++)
        {
            string layer = $"electra.encoder.layer.{i}", attention = $"{layer}.attention";
            double[][] Project(string name) => [.. x.Select(row => Dense($"{attention}.self.{name}", row))];
            double[][] attended = Attend(Project("query"), Project("key"), Project("value"), Heads, Heads, (_, _) => true);
            x = [.. x.Zip(attended, (row, gathered) => Norm($"{attention}.output.LayerNorm", Add(row, Dense($"{attention}.output.dense", gathered))))];
            x = [.. x.Select(row => Norm($"{layer}.output.LayerNorm", Add(row, Dense($"{layer}.output.dense", Gelu(Dense($"{layer}.intermediate.dense", row))))))];
        }

        return [.. x.Select(row => Linear(
            Norm("generator_predictions.LayerNorm", Gelu(Dense("generator_predictions.dense", row))), words, _weights.Vector("generator_lm_head.bias")))];
    }

    private double[] Dense(string module, double[] x) => Linear(x, _weights.Matrix($"{module}.weight"), _weights.Vector($"{module}.bias"));

    private double[] Norm(string module, double[] x) => LayerNorm(x, _weights.Vector($"{module}.weight"), _weights.Vector($"{module}.bias"), Epsilon);
}
