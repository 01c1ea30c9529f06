using System.Text.Json;
using Gate.Tests;

namespace Gate.Models.Tests.Inference;

/// <summary>Why rotary frequencies stay in binary32 whatever the weights are stored in.</summary>
public sealed class RoundedFrequenciesTests
{
    [Fact]
    public void Frequencies_rounded_to_bfloat16_would_leave_the_tolerance_of_the_sample_models_reference()
    {
        string folder = Repository.PathOf("samples", "models", "facts-llama");
        using LoadedModel plain = LoadedModel.Folder(folder);
        using LoadedModel rounded = LoadedModel.WithRoundedFrequencies(folder);
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        double plainWorst = 0, roundedWorst = 0;
        foreach (JsonElement item in golden.RootElement.GetProperty("items").EnumerateArray())
        {
            int[] ids = [.. item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            float[] plainLogits = plain.Logits(ids), roundedLogits = rounded.Logits(ids);
            int last = (ids.Length - 1) * plain.Model.VocabularySize;
            foreach (JsonElement top in item.GetProperty("top10").EnumerateArray())
            {
                double expected = top.GetProperty("logit").GetDouble();
                int place = last + top.GetProperty("id").GetInt32();
                plainWorst = Math.Max(plainWorst, Math.Abs(plainLogits[place] - expected));
                roundedWorst = Math.Max(roundedWorst, Math.Abs(roundedLogits[place] - expected));
            }
        }

        Assert.InRange(plainWorst, 0, 1e-4);
        Assert.InRange(roundedWorst, 1e-3, 1);
    }
}
