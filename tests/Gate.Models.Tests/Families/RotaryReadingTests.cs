using System.Text;
using Gate.Models.Blueprints.Positions;
using Gate.Models.Checkpoints;
using Gate.Models.Families;

namespace Gate.Models.Tests.Families;

public sealed class RotaryReadingTests
{
    public static TheoryData<string, string> Placements => new()
    {
        {
            """{"max_position_embeddings":64,"rope_theta":500000.0,"rope_scaling":{"type":"linear","factor":4}}""",
            """{"max_position_embeddings":64,"rope_parameters":{"rope_type":"linear","factor":4,"rope_theta":500000.0}}"""
        },
        {
            """{"max_position_embeddings":64,"rope_scaling":null}""",
            """{"max_position_embeddings":64,"rope_parameters":{"rope_type":"default"}}"""
        },
        {
            """{"max_position_embeddings":64,"rope_theta":1e6,"rope_scaling":{"rope_type":"yarn","factor":4,"original_max_position_embeddings":16}}""",
            """{"max_position_embeddings":64,"rope_theta":1e6,"rope_parameters":{"rope_type":"yarn","original_max_position_embeddings":16}}"""
        },
    };

    [Theory]
    [MemberData(nameof(Placements))]
    public void Old_and_new_keys_mean_the_same(string old, string recent) => Assert.Equal(Read(old), Read(recent));

    [Theory]
    [InlineData("""{"max_position_embeddings":64}""", 64)]
    [InlineData("""{"max_position_embeddings":64,"rope_scaling":{"type":"linear","factor":4}}""", 256)]
    [InlineData("""{"max_position_embeddings":16,"rope_scaling":{"rope_type":"yarn","factor":4}}""", 64)]
    [InlineData("""{"max_position_embeddings":64,"rope_scaling":{"rope_type":"yarn","factor":4,"original_max_position_embeddings":16}}""", 64)]
    [InlineData("""{"max_position_embeddings":64,"rope_scaling":{"rope_type":"llama3","factor":8,"original_max_position_embeddings":8}}""", 64)]
    public void The_longest_sequence_follows_from_the_scaling(string configuration, int expected) =>
        Assert.Equal(expected, Read(configuration).MaximumLength);

    [Fact]
    public void Dynamic_scaling_tells_lengths_apart_beyond_the_trained_context_only()
    {
        Rotary settings = Read("""{"max_position_embeddings":16,"rope_scaling":{"rope_type":"dynamic","factor":2}}""");
        Assert.Equal([0, 0, 17, 40], new[] { 1, 16, 17, 40 }.Select(length => settings.Scaling.LengthClass(settings, length)));
        Assert.Equal(settings.FrequenciesOf(settings.Theta), settings.Scaling.Frequencies(settings, 16));

        // At twice the context with factor 2 the base grows by 3^(8/6).
        float[] stretched = settings.Scaling.Frequencies(settings, 32);
        Assert.Equal(1, stretched[0]);
        Assert.Equal(Math.Pow(10000 * Math.Pow(3, 8.0 / 6), -0.75), stretched[3], 1e-9);
    }

    private static Rotary Read(string json) =>
        RotaryReading.Read(new FamilyConfiguration(ModelConfiguration.Parse("config.json", Encoding.UTF8.GetBytes(json))), headSize: 8);
}
