using Gate.Core.Pipeline;

namespace Gate.Core.Tests.Pipeline;

public sealed class ScratchFolderTests
{
    private readonly string _kind = $"gate-scratch-test-{Guid.NewGuid():N}";

    [Fact]
    public void A_folder_goes_with_its_object_and_leaves_the_folder_of_a_living_one_alone()
    {
        using ScratchFolder living = new(_kind);
        File.WriteAllText(Path.Combine(living.Path, "weights"), "x");
        string gone;
        using (ScratchFolder brief = new(_kind))
            gone = brief.Path;
        Assert.False(Directory.Exists(gone));
        Assert.True(File.Exists(Path.Combine(living.Path, "weights")));
        living.Dispose();
        Assert.Empty(Left());
    }

    [Fact]
    public void What_a_process_that_is_gone_left_is_removed_by_the_next_of_its_kind()
    {
        // A killed process leaves its folder, and the owner's file that nobody holds open.
        string abandoned = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"{_kind}-0")).FullName;
        File.WriteAllText(Path.Combine(abandoned, "weights"), "x");
        File.WriteAllText(abandoned + ".owner", "");
        using (ScratchFolder next = new(_kind))
            Assert.Equal([next.Path, next.Path + ".owner"], Left());
        Assert.Empty(Left());
    }

    private string[] Left() => [.. Directory.GetFileSystemEntries(Path.GetTempPath(), $"{_kind}*").Order(StringComparer.Ordinal)];
}
