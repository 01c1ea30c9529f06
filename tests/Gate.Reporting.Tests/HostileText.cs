namespace Gate.Reporting.Tests;

/// <summary>Texts that break reports which do not escape them.</summary>
internal static class HostileText
{
    public const string Everything =
        "a|b `c` ``d`` <script>alert(1)</script> </td></details>]]> & &amp; \"'\\ \\| *x* _y_ [l](http://x.y) ![i](u) www.x.y a@b.c $z$ ~s~ "
        + "# ## ### ::set-output name=x::y ##[error]z ##vso[task.complete] ##teamcity[x]\n::error::n\r\n## h\n| - | - |\n```\n\t"
        + "\u0000\u0001\u000B\u001B[31m\u007F\u0085\u009B\u202Eevil\u202C\u2066\u200B\uFEFF\uFFFE\uFFFF\u2028\u2029\uD800 😀 \uDC00 日本";

    public static TheoryData<string> All =>
    [
        Everything, "", " ", "\n", "|", "||", "\\", "\\\\|", "`", "``` ```", "| --- | --- |", "<b>", "</details>", "&lt;", "- a", "1. a", "> a", "# a", "===",
        "::error::x", "##[group]x", "##vso[x]y", "\u202Eabc", "\u0000", "\uD800", "[x]: y", "http://x.y", "https://x.y/z_a_", "www.x.y", "WWW.x", "a@b.c",
        "*", "**a**", "_a_", "~~a~~", "$$a$$", "^a^", "{.a}", "<!-- a -->", "<?a?>", "a\tb", "a  b", ":smile:", "==a==", "++a++", "\"\"a\"\"", "[^1]", "a\u00A0",
    ];
}
