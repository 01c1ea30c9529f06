using System.Text;

namespace Gate.Diagnostics.Tests;

public sealed class JsonUnicodeTests
{
    [Theory]
    [InlineData("{}", -1)]
    [InlineData("{\"a\": \"\\ud83d\\ude00 \\\\ud800 \\u0041\"}", -1)]
    [InlineData("{\"\\ud800\": 1}", 2)]
    [InlineData("{\"a\": \"\\n\\uDC00\"}", 9)]
    [InlineData("{\"a\": \"\\ud83d\\ud83d\\ude00\"}", 7)]
    [InlineData("{\"a\": \"\\ud83d", 7)]
    [InlineData("[\"\\", -1)]
    public void An_escape_of_half_a_surrogate_pair_is_found(string json, int expected) => Assert.Equal(expected, JsonUnicode.FindBroken(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_byte_that_is_not_UTF8_is_found_behind_characters_of_any_length()
    {
        byte[] before = Encoding.UTF8.GetBytes("{\"é€😀");
        Assert.Equal(before.Length, JsonUnicode.FindBroken([.. before, 0xFF, (byte)'"']));
        Assert.Equal(before.Length, JsonUnicode.FindBroken([.. before, 0xE2, 0x82]));
    }
}
