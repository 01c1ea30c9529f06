namespace Gate.Diagnostics.Tests;

public sealed class DiagnosticTests
{
    [Fact]
    public void A_diagnostic_with_a_place_prints_the_line_that_editors_and_MSBuild_parse()
    {
        Diagnostic diagnostic = new("GATE2001", Severity.Error, "retention 0.91 is below 0.95", new SourceLocation("gate.json", 12, 5));

        Assert.Equal("gate.json(12,5): error GATE2001: retention 0.91 is below 0.95", diagnostic.ToString());
    }

    [Theory]
    [InlineData(0, 0, "gate: warning GATE1002: text")]
    [InlineData(3, 0, "a/b.json(3): warning GATE1002: text")]
    [InlineData(3, 9, "a/b.json(3,9): warning GATE1002: text")]
    public void A_missing_line_or_column_is_left_out(int line, int column, string expected)
    {
        SourceLocation? location = line == 0 ? null : new SourceLocation("a/b.json", line, column);

        Assert.Equal(expected, new Diagnostic("GATE1002", Severity.Warning, "text", location).ToString());
    }
}
