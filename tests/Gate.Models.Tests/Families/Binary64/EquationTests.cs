using Gate.Models.Tests.Inference;

namespace Gate.Models.Tests.Families.Binary64;

/// <summary>Families that no reference outputs lie beside, against a second writing of their equations in binary64.</summary>
public sealed class EquationTests
{
    private const double Tolerance = 1e-4;

    private static readonly Dictionary<string, IReferenceModel> Models = new(StringComparer.Ordinal)
    {
        ["electra"] = new ElectraReference(),
        ["modernbert"] = new ModernBertReference(),
        ["gpt_oss"] = new GptOssReference(packed: false),
        ["gpt_oss, MXFP4"] = new GptOssReference(packed: true),
    };

    public static TheoryData<string> Names => [.. Models.Keys];

    /// <summary>Families that are held here.</summary>
    internal static IEnumerable<string> Families => Models.Values.Select(model => model.Family);

    [Theory]
    [MemberData(nameof(Names))]
    public void Logits_are_those_of_the_equations(string name)
    {
        IReferenceModel reference = Models[name];
        string folder = Directory.CreateTempSubdirectory("gate-equations-").FullName;
        try
        {
            reference.Write(folder);
            using LoadedModel loaded = LoadedModel.Folder(folder);
            Random random = new(3);
            foreach (int length in new[] { 1, 5, 21 })
            {
                int[] ids = [.. Enumerable.Range(0, length).Select(_ => random.Next(loaded.Model.VocabularySize))];
                double[] expected = [.. reference.Logits(ids).SelectMany(row => row)];
                float[] actual = loaded.Logits(ids);
                double worst = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
                TestContext.Current.TestOutputHelper?.WriteLine($"{name}, {length} tokens: largest difference {worst:e2} of {expected.Max(Math.Abs):f2}");
                Assert.True(worst <= Tolerance, $"{name}, {length} tokens: largest difference {worst:e2}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
