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

    /// <summary>The text of <c>gate --version</c>.</summary>
    public static string Render() =>
        $"gate {Version}\ncommit {Commit}\nruntime {RuntimeInformation.FrameworkDescription}\nrid {RuntimeInformation.RuntimeIdentifier}\n" +
        $"simd {Simd}\nnumerics revision {NumericsRevision.Current}";
}
