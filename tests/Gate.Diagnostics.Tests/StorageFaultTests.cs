using System.Reflection;

namespace Gate.Diagnostics.Tests;

public sealed class StorageFaultTests
{
    [Fact]
    public void What_the_system_refuses_of_a_file_is_a_fault_and_a_wrong_argument_is_none()
    {
        string nowhere = Path.Combine(Path.GetTempPath(), $"gate-{Guid.NewGuid():N}");

        Assert.True(StorageFault.Is(Thrown(() => File.ReadAllBytes(nowhere))));
        Assert.True(StorageFault.Is(Thrown(() => Directory.GetFiles(nowhere))));
        Assert.True(StorageFault.Is(Thrown(() => File.WriteAllText(Path.GetTempPath(), ""))));
        Assert.False(StorageFault.Is(Thrown(() => new List<int>().RemoveAt(3))));
        Assert.False(StorageFault.Is(Thrown(() => ArgumentOutOfRangeException.ThrowIfNegative(-1, "value"))));
    }

    [Fact]
    public void A_missing_part_of_the_program_is_no_fault_of_the_file_at_hand()
    {
        Exception missing = Thrown(() => Assembly.Load("Gate.Nowhere, Version=1.0.0.0"));

        Assert.IsType<FileNotFoundException>(missing);
        Assert.False(StorageFault.Is(missing));
        Assert.Equal("Gate.Nowhere", StorageFault.AssemblyOf(missing));
    }

    [Fact]
    public void The_words_of_a_fault_name_its_path_in_one_line_without_a_full_stop()
    {
        string nowhere = Path.Combine(Path.GetTempPath(), $"gate-{Guid.NewGuid():N}");

        string words = StorageFault.Words(Thrown(() => File.ReadAllBytes(nowhere)));

        Assert.Contains(nowhere, words, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', words);
        Assert.False(words.EndsWith('.'));
    }

    private static Exception Thrown(Action action) => Record.Exception(action)!;
}
