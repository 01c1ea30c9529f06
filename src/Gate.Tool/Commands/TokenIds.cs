using System.Globalization;
using Gate.Diagnostics;

namespace Gate.Tool.Commands;

/// <summary>Token ids on the command line: <c>1,2,3</c>.</summary>
internal static class TokenIds
{
    /// <summary>Reads a list of ids.</summary>
    /// <param name="text">Whole numbers from 0, separated by commas or blanks.</param>
    /// <param name="vocabularySize">Ids must be below this; null when it is not known.</param>
    /// <exception cref="GateException">Exit 2.</exception>
    public static int[] Parse(string text, int? vocabularySize)
    {
        string[] parts = text.Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length == 0)
            throw GateException.Usage("GATE1013", "--ids is empty", remedy: "write --ids 1,2,3");
        return [.. parts.Select(part => One(part, vocabularySize))];
    }

    private static int One(string part, int? vocabularySize)
    {
        if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            throw GateException.Usage("GATE1013", $"--ids must be whole numbers from 0 separated by commas, found \"{part}\"", remedy: "write --ids 1,2,3");
        if (vocabularySize is { } size && id >= size)
            throw GateException.Usage("GATE1013", $"the id {id} is outside the vocabulary of {size} entries", remedy: $"use ids from 0 to {size - 1}");
        return id;
    }
}
