using System.Security.Cryptography;
using System.Text;
using Gate.Reporting.Text;

namespace Gate.Reporting.Logs;

/// <summary>Service messages of TeamCity: errors are build problems with an identity that does not change with the value, the rest are
/// messages.</summary>
internal static class TeamCityLines
{
    // TeamCity cuts descriptions at 4000 characters and identities at 60.
    private const int DescriptionLimit = 3500;

    public static string Format(LogMessage message, string text)
    {
        string place = message.File is null ? "" : message.Line > 0 ? $" ({message.File}:{message.Line})" : $" ({message.File})";
        string description = Value(VisibleText.ForLog($"{message.Code} {text}{place}", DescriptionLimit));
        if (message.Severity != "error")
            return $"##teamcity[message text='{description}' status='{(message.Severity == "warning" ? "WARNING" : "NORMAL")}']";
        string identity = "gate" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(message.Subject)))[..16];
        return $"##teamcity[buildProblem description='{description}' identity='{identity}']";
    }

    private static string Value(string text)
    {
        StringBuilder escaped = new(text.Length + 16);
        foreach (char c in text)
        {
            if (c is '|' or '\'' or '[' or ']')
                escaped.Append('|').Append(c);
            else if (c > '~')
                escaped.Append("|0x").Append(((int)c).ToString("X4"));
            else
                escaped.Append(c);
        }

        return escaped.ToString();
    }
}
