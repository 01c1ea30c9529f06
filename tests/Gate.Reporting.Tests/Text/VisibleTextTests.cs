using System.Xml;
using FsCheck;
using FsCheck.Fluent;
using Gate.Reporting.Text;

namespace Gate.Reporting.Tests.Text;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("a\nb\r\nc\td", "a\\nb\\r\\nc\\td")]
    [InlineData("\u0000\u001B[31m", "\\u{0}\\u{1B}[31m")]
    [InlineData("x\u202Ey", "x\\u{202E}y")]
    [InlineData("\uFEFF\u200B\u2028", "\\u{FEFF}\\u{200B}\\u{2028}")]
    [InlineData(" a\u00A0b ", "a b")]
    [InlineData("日本 😀", "日本 😀")]
    public void What_cannot_be_seen_is_written_out(string text, string visible) => Assert.Equal(visible, VisibleText.Of(text));

    [Fact]
    public void Visible_text_is_one_line_of_valid_xml_characters() =>
        Prop.ForAll<string>(text =>
        {
            string visible = VisibleText.Of((text ?? "") + HostileText.Everything);
            XmlConvert.VerifyXmlChars(visible);
            return !visible.Any(char.IsControl);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Shortened_text_keeps_its_limit_and_whole_characters()
    {
        Assert.Equal("abc…", VisibleText.Of("abcdef", 4));
        Assert.Equal("ab…", VisibleText.Of("ab😀😀", 4));
        Assert.Equal("abcd", VisibleText.Of("abcd", 4));
    }

    [Theory]
    [InlineData("::error::x", ": :error: :x")]
    [InlineData("###vso[x]", "# # #vso[x]")]
    [InlineData("a:b #1", "a:b #1")]
    public void Text_for_a_log_holds_no_command(string text, string logged) => Assert.Equal(logged, VisibleText.ForLog(text));
}
