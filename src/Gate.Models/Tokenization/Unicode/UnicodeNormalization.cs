using System.Text;

namespace Gate.Models.Tokenization.Unicode;

/// <summary>
/// The normalisation forms of UAX 15. <see cref="string.Normalize()"/> needs ICU and silently returns its input where globalisation is invariant, as it
/// is in this product, so the forms are computed here.
/// </summary>
public static class UnicodeNormalization
{
    private const int SyllableBase = 0xAC00;
    private const int SyllableCount = 11172;
    private const int LeadBase = 0x1100;
    private const int LeadCount = 19;
    private const int VowelBase = 0x1161;
    private const int VowelCount = 21;
    private const int TailBase = 0x11A7;
    private const int TailCount = 28;

    /// <summary>The text in a normalisation form.</summary>
    /// <param name="text">Well-formed UTF-16.</param>
    /// <param name="form">Any of the four.</param>
    public static string Normalize(string text, NormalizationForm form)
    {
        // Nothing below U+00A0 decomposes, combines or is composed.
        if (text.AsSpan().IndexOfAnyInRange('\u00A0', '\uFFFF') < 0)
            return text;
        bool isCompatible = form is NormalizationForm.FormKC or NormalizationForm.FormKD;
        var codePoints = new List<int>(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            Decompose(rune.Value, isCompatible, codePoints);
        Reorder(codePoints);
        if (form is NormalizationForm.FormC or NormalizationForm.FormKC)
            Compose(codePoints);
        var result = new StringBuilder(codePoints.Count);
        foreach (int codePoint in codePoints)
            result.Append(new Rune(codePoint).ToString());
        return result.ToString();
    }

    private static void Decompose(int codePoint, bool isCompatible, List<int> result)
    {
        int syllable = codePoint - SyllableBase;
        if (syllable is >= 0 and < SyllableCount)
        {
            result.Add(LeadBase + (syllable / (VowelCount * TailCount)));
            result.Add(VowelBase + (syllable % (VowelCount * TailCount) / TailCount));
            if (syllable % TailCount != 0)
                result.Add(TailBase + (syllable % TailCount));
            return;
        }

        int[]? parts = codePoint < 0xA0 ? null : NormalizationData.Instance.DecompositionOf(codePoint, isCompatible);
        if (parts is null)
        {
            result.Add(codePoint);
            return;
        }

        foreach (int part in parts)
            Decompose(part, isCompatible, result);
    }

    // Canonical ordering: marks between starters sorted by class, equal classes in their order.
    private static void Reorder(List<int> codePoints)
    {
        NormalizationData data = NormalizationData.Instance;
        for (int i = 0; i < codePoints.Count; i++)
        {
            if (data.ClassOf(codePoints[i]) == 0)
                continue;
            int end = i + 1;
            while (end < codePoints.Count && data.ClassOf(codePoints[end]) != 0)
                end++;
            if (end - i > 1)
            {
                int[] sorted = [.. codePoints.GetRange(i, end - i).OrderBy(data.ClassOf)];
                for (int k = 0; k < sorted.Length; k++)
                    codePoints[i + k] = sorted[k];
            }

            i = end;
        }
    }

    private static void Compose(List<int> codePoints)
    {
        NormalizationData data = NormalizationData.Instance;
        int starter = -1;
        int lastClass = -1;
        int length = 0;
        for (int i = 0; i < codePoints.Count; i++)
        {
            int codePoint = codePoints[i];
            int combiningClass = data.ClassOf(codePoint);

            // Blocked when something of the same or a higher class, or a starter, stands between; -1 means that nothing does.
            int composite = starter >= 0 && lastClass < combiningClass ? ComposePair(data, codePoints[starter], codePoint) : -1;
            if (composite >= 0)
            {
                codePoints[starter] = composite;
                continue;
            }

            if (combiningClass == 0)
                (starter, lastClass) = (length, -1);
            else
                lastClass = combiningClass;
            codePoints[length++] = codePoint;
        }

        codePoints.RemoveRange(length, codePoints.Count - length);
    }

    private static int ComposePair(NormalizationData data, int first, int second)
    {
        int lead = first - LeadBase;
        int vowel = second - VowelBase;
        if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount)
            return SyllableBase + (((lead * VowelCount) + vowel) * TailCount);
        int syllable = first - SyllableBase;
        int tail = second - TailBase;
        if (syllable is >= 0 and < SyllableCount && syllable % TailCount == 0 && tail is > 0 and < TailCount)
            return first + tail;
        return data.Compose(first, second);
    }
}
