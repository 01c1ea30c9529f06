using System.Text;
using Gate.Tests;

namespace Gate.Reporting.Tests;

/// <summary>Compares a rendered report with the approved file in <c>Expected</c>.</summary>
/// <remarks>To approve what the renderers write now, run the tests with <c>GATE_UPDATE_EXPECTED=1</c> and review the difference in Git.</remarks>
internal static class Expected
{
    public static void Matches(string file, string actual)
    {
        string path = Repository.PathOf("tests", "Gate.Reporting.Tests", "Expected", file);
        if (Environment.GetEnvironmentVariable("GATE_UPDATE_EXPECTED") == "1")
            File.WriteAllText(path, actual, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        Assert.True(File.Exists(path), $"no approved file {path}: run the tests once with GATE_UPDATE_EXPECTED=1");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
