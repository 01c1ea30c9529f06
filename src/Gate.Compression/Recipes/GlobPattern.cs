namespace Gate.Compression.Recipes;

/// <summary>A pattern over module names: <c>*</c> is any run of characters, dots included, <c>?</c> any one character; all else is literal.</summary>
internal static class GlobPattern
{
    /// <summary>Whether the whole name fits the pattern. Case matters. Linear in name times pattern, whatever the pattern.</summary>
    public static bool Matches(string pattern, string name)
    {
        int p = 0, n = 0, star = -1, resume = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = n;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n]))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                // Let the last star take one more character.
                p = star + 1;
                n = ++resume;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }
}
