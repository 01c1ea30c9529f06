using System.Text;
using Gate.Models.Tokenization.Normalization;
using Gate.Models.Tokenization.Patterns;
using Gate.Models.Tokenization.Unicode;

namespace Gate.Models.Tests.Tokenization;

public sealed class UnicodeTests
{
    /// <summary>Source, NFC, NFD, NFKC, NFKD; from NormalizationTest.txt and UAX 15.</summary>
    [Theory]
    [InlineData("e\u0301", "\u00E9", "e\u0301", "\u00E9", "e\u0301")]
    [InlineData("\uFB01", "\uFB01", "\uFB01", "fi", "fi")]
    [InlineData("\uD55C", "\uD55C", "\u1112\u1161\u11AB", "\uD55C", "\u1112\u1161\u11AB")]
    [InlineData("\u1112\u1161\u11AB", "\uD55C", "\u1112\u1161\u11AB", "\uD55C", "\u1112\u1161\u11AB")]
    [InlineData("\u212B", "\u00C5", "A\u030A", "\u00C5", "A\u030A")]
    [InlineData("\u1E0B\u0323", "\u1E0D\u0307", "d\u0323\u0307", "\u1E0D\u0307", "d\u0323\u0307")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323", "\u017F\u0323\u0307", "\u1E69", "s\u0323\u0307")]
    [InlineData("\u0344", "\u0308\u0301", "\u0308\u0301", "\u0308\u0301", "\u0308\u0301")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165")]
    [InlineData("\U000110A5\u0323\U000110BA", "\U000110AB\u0323", "\U000110A5\U000110BA\u0323", "\U000110AB\u0323", "\U000110A5\U000110BA\u0323")]
    [InlineData("\u3392\uFF21", "\u3392\uFF21", "\u3392\uFF21", "MHzA", "MHzA")]
    [InlineData("plain", "plain", "plain", "plain", "plain")]
    public void Normalisation_forms_are_those_of_UAX_15(string source, string c, string d, string kc, string kd)
    {
        Assert.Equal(c, UnicodeNormalization.Normalize(source, NormalizationForm.FormC));
        Assert.Equal(d, UnicodeNormalization.Normalize(source, NormalizationForm.FormD));
        Assert.Equal(kc, UnicodeNormalization.Normalize(source, NormalizationForm.FormKC));
        Assert.Equal(kd, UnicodeNormalization.Normalize(source, NormalizationForm.FormKD));
    }

    /// <summary>The reference normalises by Unicode 9: a mark of Unicode 14 has no class, a letter of Unicode 14 does not decompose.</summary>
    [Theory]
    [InlineData("a\u0300\u0898")]
    [InlineData("\uA7F2")]
    [InlineData("\U00011935\U00011930")]
    public void What_is_newer_than_the_references_tables_stays_as_it_is(string text)
    {
        foreach (NormalizationForm form in (NormalizationForm[])[NormalizationForm.FormC, NormalizationForm.FormD, NormalizationForm.FormKC, NormalizationForm.FormKD])
            Assert.Equal(text.Replace("a\u0300", form is NormalizationForm.FormC or NormalizationForm.FormKC ? "\u00E0" : "a\u0300"), UnicodeNormalization.Normalize(text, form));
    }

    /// <summary>Its categories are those of Unicode 8 (punctuation, marks, control) and 9 (marks of the accent stripper); its lower case is that of Unicode 17.</summary>
    [Fact]
    public void Sets_of_characters_are_those_of_the_references_tables()
    {
        Assert.True(CodePoints.IsPunctuation(0x2E42) && CodePoints.IsPunctuation('$') && CodePoints.IsPunctuation(0x3001));
        Assert.False(CodePoints.IsPunctuation(0x2E43) || CodePoints.IsPunctuation(0x061D) || CodePoints.IsPunctuation('a') || CodePoints.IsPunctuation(0x7F));
        var bert = new BertNormalizer(cleansText: true, separatesIdeographs: true, stripsAccents: true, lowersCase: true);
        Assert.Equal("e\u0898 \u0890\uA7CF", bert.Normalize("\u00C9\u0898\t\u0890\u200B\uA7CE"));
        Assert.Equal("e\u0898", new StripAccentsNormalizer().Normalize("e\u0301\u0898"));
        Assert.Equal("\U00016EBB", new LowercaseNormalizer().Normalize("\U00016EA0"));
    }

    /// <summary>Joiners belong to words for added tokens, superscripts for patterns.</summary>
    [Fact]
    public void Words_are_those_of_the_regular_expressions_that_ask()
    {
        Assert.True(CodePoints.IsWord(0x200D) && CodePoints.IsPatternWord(0xB2) && CodePoints.IsWord(0xE9) && CodePoints.IsPatternWord(0xE9));
        Assert.False(CodePoints.IsWord(0xB2) || CodePoints.IsPatternWord(0x200D));
    }

    [Theory]
    [InlineData(@"\p{L}+", "ab\U0001D518c1\u00E9", "ab\U0001D518c|\u00E9")]
    [InlineData(@"[^\s\p{L}]", "a\U0001F600 b!", "\U0001F600|!")]
    [InlineData(@"\p{N}{1,3}", "1234567", "123|456|7")]
    [InlineData(@"\s+(?!\S)|\s+", "a   b  ", "  | |  ")]
    [InlineData(@"(?i:'s|'re)|x", "'S'Re'sX x", "'S|'Re|'s|x")]
    [InlineData(@"a(?i)b|C", "aB ab c A", "aB|ab|c")]
    [InlineData(@"[a-c\-\]]+", "ab-c]d", "ab-c]")]
    [InlineData(@"[^(\s|[.,!])]+", "ab (c,d", "ab|c|d")]
    [InlineData(@"a++b|a", "aaab aa", "aaab|a|a")]
    [InlineData(@"(?:ab)+?c|(?:ab){2}", "ababc abab", "ababc|abab")]
    [InlineData(@"(?>a*)a|b", "aaab", "b")]
    [InlineData(@"a*?b|\x{1F600}|\u00e9", "aab\U0001F600\u00E9", "aab|\U0001F600|\u00E9")]
    [InlineData(@"\bfoo\b|^x$", "foo food\nx", "foo|x")]
    [InlineData(@"(a|ab)(c|bcd)", "abcd", "abcd")]
    [InlineData(@"[\p{Han}\p{Lu}]+", "\u4E2D\u6587Ab", "\u4E2D\u6587A")]
    public void Patterns_match_by_code_point(string pattern, string text, string expected) =>
        Assert.Equal(expected.Split('|'), new Pattern(pattern).Matches(text).Select(match => text[match.Start..match.End]));

    [Theory]
    [InlineData("(a")]
    [InlineData("a)")]
    [InlineData("[a")]
    [InlineData("*a")]
    [InlineData(@"\p{Klingon}")]
    [InlineData(@"(?<=a)b")]
    [InlineData(@"(a)\1")]
    [InlineData(@"[a&&b]")]
    [InlineData(@"a{2000}")]
    [InlineData(@"\")]
    public void Patterns_that_cannot_be_matched_exactly_are_refused(string pattern) =>
        Assert.Throws<PatternSyntaxException>(() => new Pattern(pattern));

    [Theory]
    [InlineData("(?:a+)+b")]
    [InlineData("(?:a|a)*b")]
    [InlineData("(?:ab?)*c")]
    public void A_pattern_that_back_tracks_without_bound_is_stopped(string pattern) =>
        Assert.Throws<PatternTooSlowException>(() => new Pattern(pattern).Matches(new string('a', 5000)).Count());
}
