using FsCheck;
using FsCheck.Fluent;
using Gate.Reporting.Logs;
using Gate.Results;
using Gate.Tests.Samples;

namespace Gate.Reporting.Tests.Logs;

public sealed class LogLinesTests
{
    private static readonly LogMessage Message = new("error", "GATE2001", "thresholds.retention", "50 %: a, b; [c] it's ü", "conf/gate,x:y;]1.json", 12, 5);

    [Theory]
    [InlineData(LogDialect.Text, "conf/gate,x:y;]1.json(12,5): error GATE2001: 50 %: a, b; [c] it's ü")]
    [InlineData(LogDialect.MSBuild, "conf/gate,x:y;]1.json(12,5): error GATE2001: 50 %: a, b; [c] it's ü")]
    [InlineData(LogDialect.GitLab, "conf/gate,x:y;]1.json(12,5): error GATE2001: 50 %: a, b; [c] it's ü")]
    [InlineData(LogDialect.GitHub, "::error file=conf/gate%2Cx%3Ay;]1.json,line=12,col=5,title=GATE2001 thresholds.retention::50 %25: a, b; [c] it's ü")]
    [InlineData(
        LogDialect.Azure,
        "##vso[task.logissue type=error;sourcepath=conf/gate,x:y%3B%5D1.json;linenumber=12;columnnumber=5;code=GATE2001;]50 %AZP25: a, b; [c] it's ü")]
    [InlineData(
        LogDialect.TeamCity,
        "##teamcity[buildProblem description='GATE2001 50 %: a, b; |[c|] it|'s |0x00FC (conf/gate,x:y;|]1.json:12)' identity='gate8dffc131013d7125']")]
    public void Each_dialect_escapes_what_it_must(LogDialect dialect, string expected) => Assert.Equal(expected, LogLines.Format(Message, dialect));

    [Fact]
    public void A_message_without_a_place_and_one_that_only_warns_have_a_form_too()
    {
        LogMessage warning = Message with { Severity = "warning", File = null };
        Assert.Equal("gate: warning GATE2001: 50 %: a, b; [c] it's ü", LogLines.Format(warning, LogDialect.MSBuild));
        Assert.StartsWith("::warning title=GATE2001", LogLines.Format(warning, LogDialect.GitHub), StringComparison.Ordinal);
        Assert.StartsWith("##vso[task.logissue type=warning;code=GATE2001;]", LogLines.Format(warning, LogDialect.Azure), StringComparison.Ordinal);
        Assert.EndsWith("status='WARNING']", LogLines.Format(warning, LogDialect.TeamCity), StringComparison.Ordinal);
        Assert.StartsWith("::notice ", LogLines.Format(warning with { Severity = "note" }, LogDialect.GitHub), StringComparison.Ordinal);
        Assert.StartsWith("GATE2001: ", LogLines.Format(warning with { Severity = "note" }, LogDialect.Azure), StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_one_line_for_each_rule_that_does_not_hold()
    {
        Assert.Equal(
            [
                "gate.json(12,5): error GATE2001: retention 0.910 [0.894, 0.925] is below 0.950 (n 2000, lost 147, gained 21)",
                "gate.json(20,5): error GATE2001: retention 0.8996 [0.8800, 0.8999] is below 0.9000 (n 800, lost 47, gained 21)",
                "gate.json(21,5): error GATE2002: maxForgotten 0.094 [0.080, 0.110] is neither shown to be at most 0.100 nor above it: about 400 more items would decide",
            ],
            LogLines.Of(SampleResults.Fail, LogDialect.MSBuild));
        Assert.Empty(LogLines.Of(SampleResults.Pass, LogDialect.GitHub));
        GateResults warned = SampleResults.Inconclusive with { Run = SampleResults.Inconclusive.Run with { OnInconclusive = "warn" } };
        Assert.All(LogLines.Of(warned, LogDialect.GitHub), line => Assert.StartsWith("::warning ", line, StringComparison.Ordinal));
    }

    [Fact]
    public void GitHub_gets_nine_errors_and_one_that_counts_the_rest()
    {
        GateResults many = RandomVerdicts.With([.. Enumerable.Repeat(VerdictState.Fail, 25)], warn: false);
        string[] lines = [.. LogLines.Of(many, LogDialect.GitHub)];
        Assert.Equal(10, lines.Length);
        Assert.EndsWith("::and 16 more, see the job summary", lines[9], StringComparison.Ordinal);
        Assert.Equal(25, LogLines.Of(many, LogDialect.Azure).Length);
        Assert.Equal(10, LogLines.Of(RandomVerdicts.With([.. Enumerable.Repeat(VerdictState.Fail, 10)], warn: false), LogDialect.GitHub).Length);
    }

    [Theory]
    [InlineData("##vso[task.setvariable variable=x]y")]
    [InlineData("a##[error]b")]
    [InlineData("###")]
    public void Neither_a_files_name_nor_a_rules_key_holds_a_command(string name)
    {
        foreach (LogDialect dialect in Enum.GetValues<LogDialect>())
        {
            string line = LogLines.Format(new LogMessage("error", "GATE2001", name, "text", name, 1, 1), dialect);
            Assert.DoesNotContain("##", dialect is LogDialect.Azure or LogDialect.TeamCity ? line[2..] : line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_text_ends_its_command_or_starts_another() =>
        Prop.ForAll<string, string>((a, b) =>
        {
            LogMessage hostile = new("error", "GATE2001", b ?? "", (a ?? "") + HostileText.Everything + b, (b ?? "") + "f", 1, 1);
            foreach (LogDialect dialect in Enum.GetValues<LogDialect>())
            {
                string line = LogLines.Format(hostile, dialect);
                Assert.DoesNotContain(line, char.IsControl);
                string rest = dialect is LogDialect.Azure or LogDialect.TeamCity ? line[2..] : line;
                Assert.DoesNotContain("##", rest, StringComparison.Ordinal);
                if (dialect == LogDialect.GitHub)
                {
                    string properties = line[..line.IndexOf("::", 2, StringComparison.Ordinal)];
                    Assert.Equal(3, properties.Count(c => c == ','));
                    Assert.Equal(2, properties.Count(c => c == ':'));
                }
                else if (dialect == LogDialect.Azure)
                {
                    string data = line[(line.IndexOf(";]", StringComparison.Ordinal) + 2)..];
                    Assert.StartsWith("##vso[task.logissue type=error;sourcepath=", line, StringComparison.Ordinal);
                    Assert.EndsWith(";code=GATE2001", line[..line.IndexOf(']', StringComparison.Ordinal)].TrimEnd(';'), StringComparison.Ordinal);
                    Assert.NotEmpty(data);
                }
                else if (dialect == LogDialect.TeamCity)
                {
                    Assert.Equal(4, line.Where((c, i) => c == '\'' && BarsBefore(line, i) % 2 == 0).Count());
                    Assert.DoesNotContain(line, c => c > '~');
                }
                else
                {
                    Assert.DoesNotContain("::", line, StringComparison.Ordinal);
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Model_text_can_be_fenced_off_with_an_unguessable_word()
    {
        Assert.Equal(("::stop-commands::a1b2c3d4e5f6a7b8", "::a1b2c3d4e5f6a7b8::"), LogLines.StopCommands("a1b2c3d4e5f6a7b8"));
        Assert.Throws<ArgumentException>(() => LogLines.StopCommands("short"));
        Assert.Throws<ArgumentException>(() => LogLines.StopCommands("a1b2c3d4e5f6a7b8::"));
    }

    [Theory]
    [InlineData("GITHUB_ACTIONS", "true", LogDialect.GitHub)]
    [InlineData("TF_BUILD", "True", LogDialect.Azure)]
    [InlineData("GITLAB_CI", "true", LogDialect.GitLab)]
    [InlineData("TEAMCITY_VERSION", "2025.11", LogDialect.TeamCity)]
    [InlineData("CI", "true", LogDialect.Text)]
    public void The_environment_tells_the_dialect(string variable, string value, LogDialect dialect) =>
        Assert.Equal(dialect, LogDialects.Detect(name => name == variable ? value : null));

    [Fact]
    public void Dialects_have_names()
    {
        Assert.Equal(Enum.GetValues<LogDialect>(), LogDialects.Names.Select(name => LogDialects.Parse(name.ToUpperInvariant())!.Value));
        Assert.Null(LogDialects.Parse("jenkins"));
    }

    private static int BarsBefore(string line, int index)
    {
        int count = 0;
        while (index - count > 0 && line[index - count - 1] == '|')
            count++;
        return count;
    }
}
