using Gate.Tests;

namespace Gate.EndToEnd.Documentation;

public sealed class ReferencePageTests
{
    [Fact]
    public void Reference_pages_are_what_the_program_says()
    {
        bool update = Environment.GetEnvironmentVariable("GATE_UPDATE_DOCS") == "1";
        foreach ((string name, string text) in ReferencePages.All)
        {
            string path = Repository.PathOf("docs", "reference", name);
            if (update)
                File.WriteAllText(path, text);
            Assert.True(File.Exists(path) && File.ReadAllText(path) == text, $"docs/reference/{name} has drifted; run this test with GATE_UPDATE_DOCS=1");
        }
    }
}
