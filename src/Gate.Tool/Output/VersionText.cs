using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gate.Numerics;

namespace Gate.Tool.Output;

/// <summary>What this build of Gate is.</summary>
internal static class VersionText
{
    /// <summary>The version without the commit.</summary>
    public static string Version => Informational.Split('+')[0];

    /// <summary>The commit, or <c>unknown</c>.</summary>
    public static string Commit => Informational.Split('+') is [_, var commit, ..] ? commit[..Math.Min(12, commit.Length)] : "unknown";

    /// <summary>The widest vectors the hardware works on.</summary>
    public static string Simd =>
        Vector512.IsHardwareAccelerated ? "512 bit" : Vector256.IsHardwareAccelerated ? "256 bit" : Vector128.IsHardwareAccelerated ? "128 bit" : "none";

    private static string Informational { get; } =
        typeof(VersionText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    private static (string Name, string Text)[] Lines =>
    [
        ("gate", Version), ("commit", Commit), ("runtime", RuntimeInformation.FrameworkDescription), ("rid", RuntimeInformation.RuntimeIdentifier),
        ("simd", Simd), ("numerics revision", $"{NumericsRevision.Current}"),
    ];

    /// <summary>Whether a command line asks for the version and for nothing else.</summary>
    public static bool IsAsked(string[] arguments) =>
        arguments is ["version" or "--version"] or ["version" or "--version", "--json"] or ["--json", "--version"];

    /// <summary>The text of <c>gate --version</c>.</summary>
    public static string Render() => string.Join('\n', Lines.Select(line => $"{line.Name} {line.Text}"));

    /// <summary>Prints the version on standard output.</summary>
    public static void Print(bool isJson)
    {
        if (isJson)
            JsonOutput.Texts(Lines);
        else
            Console.Out.WriteLine(Render());
    }
}
